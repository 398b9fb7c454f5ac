import { parseArgs } from 'node:util'
import { DYNAMO_FAULTS, startDynamoProxy } from './dynamo-proxy.ts'
import { planFaults } from './fault-plan.ts'
import { openFaults } from './faults.ts'
import { startTcpProxy, TCP_FAULTS } from './tcp-proxy.ts'

/**
 * `node lab/faults/run-proxy.ts --target URL`: a fault proxy in front of a database, until Ctrl-C. `http://host:port` is
 * a DynamoDB endpoint, `tcp://host:port` a PostgreSQL server.
 *
 * Options: `--faults a,b` (all by default), `--seconds n` of the plan (60), `--seed n` (1), `--lag ms` of the replicas
 * and indexes of DynamoDB (0).
 */
const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    faults: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    lag: { type: 'string', default: '0' },
  },
})
const target = URL.parse(values.target ?? '')
if (target === null || !['http:', 'https:', 'tcp:'].includes(target.protocol)) {
  console.error(
    '--target: an endpoint such as http://127.0.0.1:8000 or tcp://127.0.0.1:5432 is wanted',
  )
  process.exit(3)
}
const tcp = target.protocol === 'tcp:'
const known: readonly string[] = tcp ? TCP_FAULTS : DYNAMO_FAULTS
const wanted = values.faults?.split(',') ?? known
const unknown = wanted.find((name) => !known.includes(name))
if (unknown !== undefined) {
  console.error(`--faults: ${unknown} is none of ${known.join(', ')}`)
  process.exit(3)
}
const faults = openFaults(planFaults(Number(values.seed), wanted, Number(values.seconds)))
const lag = Number(values.lag)
const proxy = tcp
  ? await startTcpProxy({ host: target.hostname, port: Number(target.port || 5432), faults })
  : await startDynamoProxy({
      target: target.href,
      faults,
      lagsMs: lag > 0 ? [0, lag / 4, lag] : [],
      indexLagMs: lag,
    })
const started = process.hrtime.bigint()
faults.begin(() => Number(process.hrtime.bigint() - started))
console.log(`${proxy.url} in front of ${values.target}`)
for (const { fault, from_ms, to_ms } of faults.plan.windows) {
  console.log(`${from_ms} to ${to_ms} ms: ${fault}`)
}
process.once('SIGINT', () => void proxy[Symbol.asyncDispose]())
process.once('SIGTERM', () => void proxy[Symbol.asyncDispose]())
