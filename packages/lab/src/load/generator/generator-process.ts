import { unpackAccess } from '../../cart-api/access-data.ts'
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
  else void begin(message)
})

async function begin(message: Extract<ToGenerator, { type: 'run' }>): Promise<void> {
  const { spec, url, carts } = message
  const target = { url, carts, access: await unpackAccess(message.access) }
  const run = startRun(spec, target, (progress) => send({ type: 'progress', progress }))
  stop = run.stop
  send({ type: 'done', report: await run.report })
}

send({ type: 'ready' })
