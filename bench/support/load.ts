import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { InvalidRun } from '../invalid-run.ts'
import type { Figures } from '../pair.ts'
import { run } from './run.ts'

export interface Load {
  readonly url: string
  /** A file of `writeRequests`. */
  readonly requests: string
  /** Each sends its next request when the one before was answered. */
  readonly connections: number
  readonly seconds: number
}

/** What a generator tells of a load. */
export interface LoadResult {
  /** Complete answers of every status. */
  readonly answers: number
  readonly seconds: number
  /** Answers above 399, connections that failed, timeouts. */
  readonly failures: number
  readonly p50_ms: number
  readonly p99_ms: number
}

/** Loads a service by wrk, or by Node where wrk is not installed. InvalidRun when any request failed. */
export async function loadHttp(
  { tools, signal }: Pick<Bench, 'tools' | 'signal'>,
  load: Load,
): Promise<LoadResult> {
  if (tools.wrk === undefined) return loadByNode(signal, load)
  const { url, requests, connections, seconds } = load
  // Its own limit of 2 s is less than the service's.
  const amounts = [`-c${connections}`, '-t1', `-d${seconds}s`, '--timeout', '10s']
  const script = fileURLToPath(new URL('load.lua', import.meta.url))
  return checked(await run('wrk', [...amounts, '-s', script, url, '--', requests], { signal }))
}

/** Loads a service by a Node process. For latency at one connection, where both sides are to be measured alike. */
export async function loadByNode(signal: AbortSignal, load: Load): Promise<LoadResult> {
  const program = fileURLToPath(new URL('http-driver.ts', import.meta.url))
  return checked(await run(process.execPath, [program, JSON.stringify(load)], { signal }))
}

/** The last line that a generator wrote, which is its result. */
export function parseLoadResult(output: string): LoadResult {
  try {
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as LoadResult
  } catch {
    throw new InvalidRun('the load generator gave no result')
  }
}

function checked(output: string): LoadResult {
  const result = parseLoadResult(output)
  const { answers, failures } = result
  if (failures > 0) throw new InvalidRun(`${failures} of ${answers} requests failed`)
  if (answers === 0) throw new InvalidRun('no request was answered')
  return result
}

export function figuresOf({ answers, seconds, p50_ms, p99_ms }: LoadResult): Figures {
  return { per_second: answers / seconds, p50_ms, p99_ms }
}
