import { parseArgs } from 'node:util'
import { openDelayLine } from './delay-line.ts'
import { planFaults } from './fault-plan.ts'
import { openFaults } from './faults.ts'
import { startTcpProxy } from './tcp-proxy.ts'

/**
 * The process of a stated network: a proxy in front of `--host` and `--port` that adds `--rtt` milliseconds to each round
 * trip, until the channel to the parent closes. A separate process, so that it shares no event loop with what is measured.
 */
const { values } = parseArgs({
  options: { host: { type: 'string' }, port: { type: 'string' }, rtt: { type: 'string' } },
})
const delay = openDelayLine(Number(values.rtt))
const proxy = await startTcpProxy({
  host: values.host ?? '',
  port: Number(values.port),
  faults: openFaults(planFaults(1, [], 1)),
  delay,
})
process.once('disconnect', () => process.exit(0))
process.send?.({ type: 'listening', url: proxy.url })
