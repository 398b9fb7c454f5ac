import type { LoadSpec } from '../load-spec.ts'
import type { FromGenerator, ToGenerator } from './messages.ts'
import { startRun } from './run.ts'

/**
 * The generator's process: executes one run and reports to its parent. Ctrl-C reaches it too and is ignored: the parent
 * asks it to stop and keeps what was measured. It exits with its parent.
 */
const send = (message: FromGenerator) => process.send?.(message)
let stop: (() => void) | undefined

process.on('SIGINT', () => {}).on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.on('message', (message: ToGenerator) => {
  if (message.type === 'stop') stop?.()
  else void execute(message.spec, message.url, message.carts)
})

async function execute(
  spec: LoadSpec,
  url: string,
  carts: readonly (string | null)[],
): Promise<void> {
  const run = startRun(spec, url, carts, (progress) => send({ type: 'progress', progress }))
  stop = run.stop
  send({ type: 'done', report: await run.report })
}

send({ type: 'ready' })
