import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Postgres } from './support/postgres.ts'
import { openPostgres } from './support/postgres.ts'
import type { Tools } from './support/tools.ts'

/** What every pair works with. */
export interface Bench {
  /** How long one turn of a side measures. */
  readonly seconds: number
  readonly tools: Tools
  /** Ctrl-C. */
  readonly signal: AbortSignal
  /** A folder for files of this run. */
  readonly scratch: string
  say(line: string): void
  /** Has `undo` called when the pair is done, the last one first. */
  defer(undo: () => Promise<void>): void
  /** The PostgreSQL of this run, started when first asked for. */
  postgres(): Promise<Postgres>
}

export interface RunningBench {
  /** For one pair: what it defers is undone by `end`. */
  forPair(): { readonly bench: Bench; end(): Promise<void> }
  /** The server's settings, if it was started. */
  readonly postgres: Postgres | undefined
  close(): Promise<void>
}

type Given = Pick<Bench, 'seconds' | 'tools' | 'signal' | 'say'>

/**
 * @param folder on the disk that is to be measured; removed by `close`. A database that an earlier, killed run left
 *   there is stopped first.
 */
export async function openBench(folder: string, given: Given): Promise<RunningBench> {
  const scratch = join(folder, 'scratch')
  await mkdir(scratch, { recursive: true })
  let postgres: Postgres | undefined
  return {
    get postgres() {
      return postgres
    },
    forPair() {
      const undone = new AsyncDisposableStack()
      const bench: Bench = {
        ...given,
        scratch,
        defer: (undo) => undone.defer(undo),
        postgres: async () => {
          postgres ??= await openPostgres(join(folder, 'postgres'))
          return postgres
        },
      }
      return { bench, end: () => undone.disposeAsync() }
    },
    async close() {
      await postgres?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
