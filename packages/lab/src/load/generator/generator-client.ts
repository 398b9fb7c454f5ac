import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { plainAccess } from '../../cart-api/access.ts'
import { packAccess } from '../../cart-api/access-data.ts'
import { LoadError } from '../../errors/load-error.ts'
import type { LoadSpec } from '../../results/load-spec.ts'
import type { LoadTarget } from '../load-target.ts'
import type { FromGenerator, GeneratorReport, RunProgress, ToGenerator } from './messages.ts'

const PROGRAM = fileURLToPath(new URL('./generator-process.ts', import.meta.url))
const KEPT_STDERR = 8192
/** An interrupted generator reports at once; after this time it is killed. */
const STOP_MS = 5000

/**
 * Runs a load in a separate process, so that other work of its parent (progress, statistics, garbage collection) does not
 * affect the times. The process has ended when this resolves or rejects.
 *
 * @throws LoadError when the process fails
 */
export async function generate(
  spec: LoadSpec,
  { url, access = plainAccess(), carts = [] }: LoadTarget,
  options: {
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: ((progress: RunProgress) => void) | undefined
  },
): Promise<GeneratorReport> {
  const child = fork(PROGRAM, [], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve())
  })
  const send = (message: ToGenerator) => void child.send(message, () => {})
  let overdue: NodeJS.Timeout | undefined
  const onAbort = () => {
    send({ type: 'stop' })
    overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  }
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await reportOf(child, (message) => {
      if (message.type === 'ready') {
        send({ type: 'run', spec, url, access: packAccess(access), carts })
        if (options.signal?.aborted) send({ type: 'stop' })
      }
      if (message.type === 'progress') options.onProgress?.(message.progress)
    })
  } finally {
    clearTimeout(overdue)
    options.signal?.removeEventListener('abort', onAbort)
    if (child.connected) child.disconnect()
    else child.kill('SIGKILL')
    await ended
  }
}

function reportOf(
  child: ChildProcess,
  onMessage: (message: FromGenerator) => void,
): Promise<GeneratorReport> {
  return new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-KEPT_STDERR)
    })
    child.on('message', (message: FromGenerator) => {
      if (message.type === 'done') resolve(message.report)
      else onMessage(message)
    })
    const fail = (reason: string) => reject(new LoadError(`the load generator failed: ${reason}`))
    child.once('error', (error) => fail(error.message))
    child.once('close', (code, signal) =>
      fail(/^\w*Error.*$/m.exec(stderr)?.[0] ?? `it ended with ${signal ?? `code ${code}`}`),
    )
  })
}
