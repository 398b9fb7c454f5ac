/** The value of `If-Match` for these versions. */
export function tagsOf(versions: readonly number[]): string {
  return versions.map((version) => `"${version}"`).join(', ')
}

/** The version that an `ETag` names. */
export function versionOfTag(etag: string | undefined): number | undefined {
  const version = /^"(\d{1,15})"$/.exec(etag ?? '')?.[1]
  return version === undefined ? undefined : Number(version)
}
