import { parseArgs } from 'node:util'
import { EXIT } from '../errors/exit-codes.ts'
import { UsageError } from '../errors/usage-error.ts'
import { DYNAMO_FAULTS, type FaultProxy, startDynamoProxy } from './dynamo-proxy.ts'
import { planFaults } from './fault-plan.ts'
import { type Faults, openFaults } from './faults.ts'
import { startTcpProxy, TCP_FAULTS } from './tcp-proxy.ts'

/**
 * `node packages/lab/src/faults/run-proxy.ts --target URL`: runs a fault proxy in front of a database
 * until Ctrl-C. `http://host:port` is a DynamoDB endpoint, `tcp://host:port` a PostgreSQL server.
 *
 * Options: `--faults a,b` (all by default), `--seconds n` of the plan (60), `--seed n` (1), `--lag ms` of the replicas
 * and indexes of DynamoDB (0). Exit code 3 for invalid options.
 */
interface ProxyOptions {
  readonly target: URL
  readonly faults: readonly string[]
  readonly seconds: number
  readonly seed: number
  readonly lag: number
}

/** @throws UsageError */
function readOptions(): ProxyOptions {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: '' },
      faults: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      lag: { type: 'string', default: '0' },
    },
  })
  const target = URL.parse(values.target)
  if (target === null || !['http:', 'https:', 'tcp:'].includes(target.protocol))
    throw new UsageError(
      '--target: must be an endpoint such as http://127.0.0.1:8000 or tcp://127.0.0.1:5432',
    )
  const known: readonly string[] = target.protocol === 'tcp:' ? TCP_FAULTS : DYNAMO_FAULTS
  const faults = values.faults?.split(',') ?? known
  const unknown = faults.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new UsageError(
      `--faults: unknown fault "${unknown}"; expected one of ${known.join(', ')}`,
    )
  const number = (name: 'seconds' | 'seed' | 'lag', min: number) => {
    const value = Number(values[name])
    if (values[name] !== '' && value >= min && value <= Number.MAX_SAFE_INTEGER) return value
    throw new UsageError(
      `--${name}: must be a number of at least ${min} (got ${JSON.stringify(values[name])})`,
    )
  }
  return {
    target,
    faults,
    seconds: number('seconds', 1),
    seed: number('seed', 0),
    lag: number('lag', 0),
  }
}

function start({ target, lag }: ProxyOptions, faults: Faults): Promise<FaultProxy> {
  if (target.protocol === 'tcp:')
    return startTcpProxy({ host: target.hostname, port: Number(target.port || 5432), faults })
  const lagsMs = lag > 0 ? [0, lag / 4, lag] : []
  return startDynamoProxy({ target: target.href, faults, lagsMs, indexLagMs: lag })
}

async function run(options: ProxyOptions): Promise<void> {
  const faults = openFaults(planFaults(options.seed, options.faults, options.seconds))
  const proxy = await start(options, faults)
  const started = process.hrtime.bigint()
  faults.begin(() => Number(process.hrtime.bigint() - started))
  console.log(`${proxy.url} in front of ${options.target.href}`)
  for (const { fault, from_ms, to_ms } of faults.plan.windows) {
    console.log(`${from_ms} to ${to_ms} ms: ${fault}`)
  }
  process.once('SIGINT', () => void proxy[Symbol.asyncDispose]())
  process.once('SIGTERM', () => void proxy[Symbol.asyncDispose]())
}

try {
  await run(readOptions())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = EXIT.usage
}
