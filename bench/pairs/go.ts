import type { Bench } from '../bench.ts'
import type { Pair, Sides } from '../pair.ts'
import { checkAcknowledged } from '../support/acknowledged.ts'
import { goVersions, missingGo, startGoService } from '../support/go-service.ts'
import { figuresOf, loadHttp } from '../support/load.ts'
import { cpuMs } from '../support/process-figures.ts'
import { writeRequests } from '../support/requests.ts'
import { seed, totals } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

/** Throughput over HTTP against a careful service in Go that sends one statement per request: `bench/peers/go`. */

const CONNECTIONS = 64

interface Service {
  readonly url: string
  readonly pid: number
}

function againstGo(work: 'get' | 'add' | 'create', floor: number): Pair {
  return {
    name: `go-${work}`,
    long: true,
    what: `${work}, document layout against a service in Go`,
    a: `pushcart over HTTP, ${CONNECTIONS} connections, document layout`,
    b: 'net/http and pgx, 16 connections, one prepared statement per request, rows',
    goals: [{ metric: 'per_second', compare: 'ratio', want: 'at least', floor }],
    missing: missingGo,
    open: (bench) => open(bench, work),
  }
}

async function open(bench: Bench, work: 'get' | 'add' | 'create'): Promise<Sides> {
  const postgres = await bench.postgres()
  const documents = await postgres.createDatabase(`go_documents_${work}`)
  const ours = await startOnPostgres(bench, documents, 'document')
  bench.defer(ours.stop)
  // The service creates the tables.
  await (await startOnPostgres(bench, postgres.url)).stop()
  const theirs = await startGoService(bench, postgres.url)
  bench.defer(theirs.stop)
  for (const each of [documents, postgres.url]) await seed(each)
  const requests = await writeRequests(bench.scratch, work)

  const measure =
    (database: string, { url, pid }: Service) =>
    async () => {
      if (work !== 'get') await seed(database)
      const before = await totals(database)
      const cpu = await cpuMs(pid)
      const load = { url, requests, connections: CONNECTIONS, seconds: bench.seconds }
      const result = await loadHttp(bench, load)
      const cpu_us = (((await cpuMs(pid)) - cpu) * 1000) / result.answers
      const acknowledged = { count: result.answers, inFlight: CONNECTIONS }
      if (work !== 'get') await checkAcknowledged(database, before, work, acknowledged)
      return { ...figuresOf(result), cpu_us }
    }
  return {
    notes: { b: goVersions() },
    a: measure(documents, ours),
    b: measure(postgres.url, theirs),
  }
}

export const go: readonly Pair[] = [
  againstGo('get', 2.2),
  againstGo('add', 2),
  againstGo('create', 2.5),
]
