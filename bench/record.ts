import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { describeMachine } from '../lab/compare/environment.ts'
import type { Machine } from '../lab/results/environment.ts'
import type { Judgement } from './judge.ts'
import type { Pair, Round } from './pair.ts'

/** Content of `bench/results/<name>.json`: a measured pair, with everything needed to judge or repeat it. */
export interface BenchRecord extends Circumstances, Pick<Pair, 'name' | 'what' | 'a' | 'b'> {
  /** ISO 8601 UTC. */
  readonly started_at: string
  readonly rounds: number
  readonly seconds_a_turn: number
  readonly notes: Readonly<Record<string, string | number>>
  /** Why the goals are not judged; `null` if they are. */
  readonly weaker_opponent: string | null
  readonly goals: readonly Judgement[]
  readonly measured: readonly Round[]
}

/** The circumstances that all pairs of one run share. */
export interface Circumstances {
  /** Commit of the code that ran; with `+` if files differed from it. */
  readonly commit: string
  readonly machine: Machine
  /** Version lines of the load generators; `null` if Node replaced them. */
  readonly wrk: string | null
  readonly pgbench: string | null
  /** The server's version and durability settings; `null` if none was started. */
  readonly postgres: Readonly<Record<string, string>> | null
}

const FOLDER = new URL('results/', import.meta.url)

/** Arrays hold objects only, so `JSON.stringify` writes what the formatter would. */
export async function writeRecord(record: BenchRecord, folder = FOLDER): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(new URL(`${record.name}.json`, folder), `${JSON.stringify(record, null, 2)}\n`)
}

/** All records in the folder. */
export async function readRecords(folder = FOLDER): Promise<BenchRecord[]> {
  const files = await readdir(folder).catch(() => [])
  const names = files.filter((name) => name.endsWith('.json'))
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8'))),
  )
}

export function describeCircumstances(
  tools: { readonly wrk: string | undefined; readonly pgbench: string | undefined },
  postgres: Readonly<Record<string, string>> | undefined,
): Circumstances {
  return {
    commit: commit(),
    machine: describeMachine(),
    wrk: tools.wrk ?? null,
    pgbench: tools.pgbench ?? null,
    postgres: postgres ?? null,
  }
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: new URL('..', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    // Results that this run has just written do not change the code.
    const changed = git('status', '--porcelain', '--', '.', ':!bench/results', ':!docs')
    return git('rev-parse', '--short', 'HEAD') + (changed === '' ? '' : '+')
  } catch {
    return 'unknown'
  }
}
