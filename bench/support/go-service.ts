import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { writeCatalog } from '../carts.ts'
import { InvalidRun } from '../invalid-run.ts'
import { run } from './run.ts'

/** Sources in Debian's packages, which Go finds without modules. */
const PACKAGED = '/usr/share/gocode'

/** One line if the service cannot be built here. */
export function missingGo(): string | undefined {
  return spawnSync('go', ['version']).error === undefined
    ? undefined
    : 'Go is not installed (apt-get install golang-go golang-github-jackc-pgx-v4-dev)'
}

/** Versions of Go and pgx, for the record. */
export function goVersions(): string {
  const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).stdout.trim()
  const { stdout } = spawnSync('dpkg-query', ['-W', PGX], { encoding: 'utf8' })
  return `${go}, pgx ${stdout?.split('\t')[1]?.trim() ?? '4.18.3'}`
}

const PGX = 'golang-github-jackc-pgx-v4-dev'

/**
 * Builds `bench/peers/go` and starts it on a database with the schema of the rows layout. pgx comes from Debian's package, or else
 * as a module from the internet.
 *
 * @throws InvalidRun if it cannot be built or started
 */
export async function startGoService(
  { scratch, signal }: Pick<Bench, 'scratch' | 'signal'>,
  url: string,
): Promise<{ readonly url: string; readonly pid: number; stop(): Promise<void> }> {
  const folder = join(scratch, 'go')
  await cp(fileURLToPath(new URL('../peers/go', import.meta.url)), folder, { recursive: true })
  const program = join(folder, 'service')
  const isPackaged = existsSync(join(PACKAGED, 'src/github.com/jackc/pgx/v4'))
  await run('go', ['build', '-o', program, '.'], {
    signal,
    cwd: folder,
    env: {
      ...process.env,
      ...(isPackaged ? { GO111MODULE: 'off', GOPATH: PACKAGED } : { GOFLAGS: '-mod=mod' }),
    },
  })
  const child = spawn(program, [], {
    env: { ...process.env, DATABASE_URL: url, CATALOG_FILE: await writeCatalog(scratch) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  if (typeof line !== 'string') throw new InvalidRun('the Go service did not start')
  return {
    url: line,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
