import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { InvalidRun } from '../invalid-run.ts'
import { pgbenchConstants, pgbenchScript, type Statement } from '../opponents/statement.ts'
import { type LoadResult, parseLoadResult } from './load.ts'
import { run } from './run.ts'

export interface StatementLoad {
  readonly url: string
  readonly statement: Statement
  readonly clients: number
  readonly threads: number
  readonly seconds: number
}

/** Figures that pgbench reports. */
export interface StatementResult {
  readonly transactions: number
  /** Without connection time. */
  readonly per_second: number
  readonly average_ms: number
}

type Runner = Pick<Bench, 'tools' | 'signal' | 'scratch'>

/** Runs one prepared statement repeatedly, with pgbench or, if that is not installed, with `pg` in Node. */
export async function loadStatement(bench: Runner, load: StatementLoad): Promise<StatementResult> {
  const { url, statement, clients, threads, seconds } = load
  if (bench.tools.pgbench === undefined) {
    const { answers, seconds: took } = await loadByPg(bench.signal, load)
    const per_second = answers / took
    return { transactions: answers, per_second, average_ms: (1000 * clients) / per_second }
  }
  const script = join(bench.scratch, `${statement.name}.sql`)
  await writeFile(script, pgbenchScript(statement))
  const amounts = [`-c${clients}`, `-j${Math.min(threads, clients)}`, `-T${seconds}`]
  const rest = ['-n', '-M', 'prepared', '-f', script, ...pgbenchConstants(statement)]
  const { username, password, hostname, port, pathname } = new URL(url)
  const env = {
    ...process.env,
    PGUSER: username,
    PGPASSWORD: password,
    PGHOST: hostname,
    PGPORT: port,
    PGDATABASE: pathname.slice(1),
  }
  const output = await run('pgbench', [...amounts, ...rest], { signal: bench.signal, env })
  return parsePgbench(output)
}

/** InvalidRun if a transaction failed or the output is not pgbench's. */
export function parsePgbench(output: string): StatementResult {
  const figure = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN)
  const result = {
    transactions: figure(/^number of transactions actually processed: (\d+)/m),
    per_second: figure(/^tps = ([\d.]+)/m),
    average_ms: figure(/^latency average = ([\d.]+) ms/m),
  }
  // If connecting took all the time, pgbench reports no rate.
  if (result.transactions === 0) return { transactions: 0, per_second: 0, average_ms: 0 }
  if (Object.values(result).some(Number.isNaN)) throw new InvalidRun('pgbench returned no result')
  const failed = figure(/^number of failed transactions: (\d+)/m)
  if (failed > 0) throw new InvalidRun(`${failed} transactions of pgbench failed`)
  return result
}

/** Runs one statement repeatedly with `pg` in a separate Node process. */
export async function loadByPg(
  signal: AbortSignal,
  load: Omit<StatementLoad, 'threads'>,
): Promise<LoadResult> {
  const program = fileURLToPath(new URL('pg-driver.ts', import.meta.url))
  const output = await run(process.execPath, [program, JSON.stringify(load)], { signal })
  const result = parseLoadResult(output)
  if (result.failures > 0) throw new InvalidRun(`${result.failures} statements failed`)
  return result
}

/** The opponent in its fastest configuration. */
export interface Best extends Pick<StatementLoad, 'statement' | 'clients' | 'threads'> {
  readonly per_second: number
}

/** Tries each statement briefly with each number of clients, with one pgbench thread and with one per core. */
export async function findBest(
  bench: Runner,
  url: string,
  statements: readonly [Statement, ...Statement[]],
  counts: readonly number[],
  seconds: number,
): Promise<Best> {
  let best: Best = { statement: statements[0], clients: 1, threads: 1, per_second: 0 }
  for (const statement of statements)
    for (const clients of counts)
      for (const threads of new Set([1, Math.min(clients, availableParallelism())])) {
        const load = { url, statement, clients, threads }
        const { per_second } = await loadStatement(bench, { ...load, seconds })
        if (per_second > best.per_second) best = { statement, clients, threads, per_second }
      }
  return best
}
