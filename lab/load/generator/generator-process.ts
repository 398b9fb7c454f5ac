import type { LoadSpec } from '../load-spec.ts'
import type { FromGenerator, ToGenerator } from './messages.ts'
import { startRun } from './run.ts'

/**
 * The generator's process: carries out one run and tells its parent. Ctrl-C reaches it too and does nothing here: the
 * parent asks it to stop and keeps what was measured. When the parent is gone, it goes.
 */
const tell = (message: FromGenerator) => process.send?.(message)
let stop: (() => void) | undefined

process.on('SIGINT', () => {}).on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.on('message', (message: ToGenerator) => {
  if (message.type === 'stop') stop?.()
  else void carryOut(message.spec, message.url, message.carts)
})

async function carryOut(
  spec: LoadSpec,
  url: string,
  carts: readonly (string | null)[],
): Promise<void> {
  const run = startRun(spec, url, carts, (progress) => tell({ type: 'progress', progress }))
  stop = run.stop
  tell({ type: 'done', report: await run.report })
}

tell({ type: 'ready' })
