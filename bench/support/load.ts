import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { InvalidRun } from '../invalid-run.ts'
import type { Figures } from '../pair.ts'
import { run } from './run.ts'

export interface Load {
  readonly url: string
  /** A file of `writeRequests`. */
  readonly requests: string
  /** Each sends its next request when the previous response arrives. */
  readonly connections: number
  readonly seconds: number
}

/** What a generator reports of a load. */
export interface LoadResult {
  /** Complete responses of every status. */
  readonly answers: number
  readonly seconds: number
  /** Responses with a status above 399, failed connections, timeouts. */
  readonly failures: number
  readonly p50_ms: number
  readonly p99_ms: number
}

/** Loads a service with wrk, or with Node if wrk is not installed. InvalidRun if any request failed. */
export async function loadHttp(
  { tools, signal }: Pick<Bench, 'tools' | 'signal'>,
  load: Load,
): Promise<LoadResult> {
  if (tools.wrk === undefined) return loadByNode(signal, load)
  const { url, requests, connections, seconds } = load
  // wrk's default timeout of 2 s is shorter than the service's.
  const amounts = [`-c${connections}`, '-t1', `-d${seconds}s`, '--timeout', '10s']
  const script = fileURLToPath(new URL('load.lua', import.meta.url))
  return checked(await run('wrk', [...amounts, '-s', script, url, '--', requests], { signal }))
}

/** Loads a service with a Node process: for latency at one connection, where both targets need the same client. */
export async function loadByNode(signal: AbortSignal, load: Load): Promise<LoadResult> {
  const program = fileURLToPath(new URL('http-driver.ts', import.meta.url))
  return checked(await run(process.execPath, [program, JSON.stringify(load)], { signal }))
}

/** The result of a generator: its last line. */
export function parseLoadResult(output: string): LoadResult {
  try {
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as LoadResult
  } catch {
    throw new InvalidRun('the load generator returned no result')
  }
}

function checked(output: string): LoadResult {
  const result = parseLoadResult(output)
  const { answers, failures } = result
  if (failures > 0) throw new InvalidRun(`${failures} of ${answers} requests failed`)
  if (answers === 0) throw new InvalidRun('no request got a response')
  return result
}

export function figuresOf({ answers, seconds, p50_ms, p99_ms }: LoadResult): Figures {
  return { per_second: answers / seconds, p50_ms, p99_ms }
}
