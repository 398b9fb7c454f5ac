import { unpackAccess } from '../../cart-api/access-data.ts'
import type { FromGenerator, ToGenerator } from './messages.ts'
import { type Run, startRun } from './run.ts'

/**
 * The generator's process: executes one run and reports to its parent. Ctrl-C reaches it too and is ignored: the parent
 * asks it to stop and keeps what was measured. It exits with its parent.
 */
const send = (message: FromGenerator) => process.send?.(message)
const { promise: started, resolve: start } = Promise.withResolvers<number>()
let run: Run | undefined

process.on('SIGINT', () => {}).on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.on('message', (message: ToGenerator) => {
  if (message.type === 'run') void begin(message)
  else if (message.type === 'start') start(message.at)
  else if (message.type === 'measure') run?.measureAt(message.at)
  else run?.stop()
})

async function begin(message: Extract<ToGenerator, { type: 'run' }>): Promise<void> {
  const { url, carts } = message
  const target = { url, carts, access: await unpackAccess(message.access) }
  run = startRun(message, target, {
    onOpen() {
      send({ type: 'open' })
      return started
    },
    onProgress: (progress) => send({ type: 'progress', progress }),
    onWindow: (times) => send({ type: 'window', times }),
  })
  send({ type: 'done', report: await run.report })
}

send({ type: 'ready' })
