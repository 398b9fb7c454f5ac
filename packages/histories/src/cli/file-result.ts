import type { SearchLimits } from '../search/search.ts'

/** What the command reports about a file. */
export interface FileResult {
  readonly verdict: 'holds' | 'violated' | 'unknown'
  /** For the terminal. */
  readonly lines: readonly string[]
  /** The whole result, as plain data. */
  readonly result: unknown
}

/** Rejects with DamagedHistory, or with an error of the file system. */
export type CheckFile = (path: string, limits: SearchLimits) => Promise<FileResult>
