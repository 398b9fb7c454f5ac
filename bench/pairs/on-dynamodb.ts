import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { writeCatalog } from '../carts.ts'
import { InvalidRun } from '../invalid-run.ts'
import type { Pair, Sides } from '../pair.ts'
import { mismatch } from '../support/acknowledged.ts'
import { type Listening, startListening } from '../support/listening.ts'
import { figuresOf, loadHttp } from '../support/load.ts'
import { cpuMs } from '../support/process-figures.ts'
import { writeRequests } from '../support/requests.ts'
import { startService } from '../support/service.ts'

/** CPU and throughput of the service on DynamoDB against the same endpoints on the SDK's DocumentClient. */

const CONNECTIONS = 64
const TABLE = 'carts'

function againstDocumentClient(work: 'get' | 'add'): Pair {
  return {
    name: `dynamodb-${work}`,
    what: `${work} on DynamoDB, ${CONNECTIONS} connections; a stub in place of the database responds at once`,
    a: 'pushcart',
    b: 'a fastify app on @aws-sdk/lib-dynamodb, same items, requests and answers',
    goals: [
      { metric: 'cpu_us', compare: 'ratio', want: 'at most', floor: 1 / 3 },
      { metric: 'per_second', compare: 'ratio', want: 'at least', floor: 3 },
    ],
    open: (bench) => open(bench, work),
  }
}

async function open(bench: Bench, work: 'get' | 'add'): Promise<Sides> {
  const { signal, scratch } = bench
  const stub = await startListening({
    program: programAt('../support/dynamo-stub.ts'),
    settings: {},
    signal,
  })
  bench.defer(stub.stop)
  const settings = {
    CART_STORE_TYPE: 'dynamodb',
    DYNAMODB_TABLE_NAME: TABLE,
    CATALOG_FILE: await writeCatalog(scratch),
    AWS_ENDPOINT_URL_DYNAMODB: stub.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  }
  const ours = await startService(bench, settings)
  bench.defer(ours.stop)
  const theirs = await startListening({
    program: programAt('../opponents/document-client-app.ts'),
    settings,
    signal,
  })
  bench.defer(theirs.stop)
  const requests = await writeRequests(scratch, work)

  const measure =
    ({ url, pid }: Listening) =>
    async () => {
      // Requests in flight when the previous turn was cut off must not count in this one.
      await sleep(200, undefined, { signal })
      const updates = await updatesOf(stub.url)
      const [before, stubBefore] = [await cpuMs(pid), await cpuMs(stub.pid)]
      const load = { url, requests, connections: CONNECTIONS, seconds: bench.seconds }
      const result = await loadHttp(bench, load)
      const [used, stubUsed] = [(await cpuMs(pid)) - before, (await cpuMs(stub.pid)) - stubBefore]
      const made = (await updatesOf(stub.url)) - updates
      const expected = { count: work === 'add' ? result.answers : 0, inFlight: CONNECTIONS }
      const problem = mismatch([made], expected)
      if (problem !== undefined) throw new InvalidRun(problem)
      return {
        ...figuresOf(result),
        cpu_us: (used * 1000) / result.answers,
        /** Share of one core; near 1, the stub would be the bottleneck. */
        stub_busy: stubUsed / 1000 / result.seconds,
      }
    }
  return { a: measure(ours), b: measure(theirs) }
}

/** Number of updates that the stub has received. */
async function updatesOf(url: string): Promise<number> {
  const headers = { 'x-amz-target': 'Bench.CountUpdates' }
  const answer = await fetch(url, { method: 'POST', headers, body: '{}' })
  return ((await answer.json()) as { updates: number }).updates
}

export const onDynamodb: readonly Pair[] = [
  againstDocumentClient('get'),
  againstDocumentClient('add'),
]

function programAt(path: string) {
  return { path: fileURLToPath(new URL(path, import.meta.url)), args: [] }
}
