import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openPostgres, type Postgres } from './support/postgres.ts'
import type { Tools } from './support/tools.ts'

/** The tools and services that every pair may use. */
export interface Bench {
  /** Duration of one measured turn. */
  readonly seconds: number
  readonly tools: Tools
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal
  /** Folder for files of this run. */
  readonly scratch: string
  say(line: string): void
  /** Calls `undo` when the pair is done, in reverse order. */
  defer(undo: () => Promise<void>): void
  /** The PostgreSQL of this run, started on first use. */
  postgres(): Promise<Postgres>
}

export interface RunningBench {
  /** A bench for one pair; `end` undoes what the pair deferred. */
  forPair(): { readonly bench: Bench; end(): Promise<void> }
  /** The server's settings, if it was started. */
  readonly postgres: Postgres | undefined
  close(): Promise<void>
}

type Given = Pick<Bench, 'seconds' | 'tools' | 'signal' | 'say'>

/**
 * @param folder on the disk to be measured; removed by `close`. A database left there by an earlier, killed run is
 *   stopped first.
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
