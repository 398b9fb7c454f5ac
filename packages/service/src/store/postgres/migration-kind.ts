/**
 * The last step before steps had to say of which kind they are. Releases that know only these steps start on no newer schema.
 */
export const LAST_WITHOUT_KIND = 10

const KIND = /^-- (?:(expand)|contract: releases from step (\d+) on)\n/

/**
 * Which releases run on the schema after a step. The first line of its file says it:
 *
 * - `-- expand`: all that run on the schema before. The step only adds; what it adds is optional for these releases.
 * - `-- contract: releases from step N on`: those that know step N. The step removes what older releases use.
 *
 * @param sql the text of the step
 * @returns the newest step that a release must know at least; 0 if the step excludes no release
 * @throws Error when the first line says neither, or excludes the release before
 */
export function runsFrom(
  { version, file }: { readonly version: number; readonly file: string },
  sql: string,
): number {
  if (version <= LAST_WITHOUT_KIND) return version
  const [found, expand, from] = KIND.exec(sql) ?? []
  if (found === undefined)
    throw new Error(
      `${file}: the first line must be "-- expand" or "-- contract: releases from step N on"`,
    )
  if (expand !== undefined) return 0
  if (Number(from) < version) return Number(from)
  throw new Error(`${file}: no release before step ${version} would run on it`)
}
