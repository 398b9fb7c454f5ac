import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { LoadError } from '../../errors/load-error.ts'
import type { FromGenerator, GeneratorReport, ToGenerator } from './messages.ts'

const PROGRAM = fileURLToPath(new URL('./generator-process.ts', import.meta.url))
const KEPT_STDERR = 8192
/** An interrupted generator reports at once; after this time it is killed. */
const STOP_MS = 5000

/** A generator in a process, so that other work of its parent (progress, statistics, garbage collection) does not affect the times. */
export interface GeneratorClient extends AsyncDisposable {
  /** Rejects with a LoadError when the process fails. */
  readonly report: Promise<GeneratorReport>
  send(message: ToGenerator): void
  /** Ends the run early; it still reports. */
  stop(): void
}

/** What is done with each message of a generator. */
export type GeneratorEvents = {
  readonly [T in Exclude<FromGenerator['type'], 'done'>]: (
    message: Extract<FromGenerator, { type: T }>,
  ) => void
}

/**
 * Starts a generator's process. It has ended when the client is disposed of.
 *
 * @param name of the generator in an error
 */
export function startGenerator(name: string, events: GeneratorEvents): GeneratorClient {
  const child = fork(PROGRAM, [], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve())
  })
  const send = (message: ToGenerator) => void child.send(message, () => {})
  let overdue: NodeJS.Timeout | undefined
  return {
    report: reportOf(child, name, events),
    send,
    stop() {
      send({ type: 'stop' })
      overdue ??= setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(overdue)
      if (child.connected) child.disconnect()
      else child.kill('SIGKILL')
      await ended
    },
  }
}

function reportOf(
  child: ChildProcess,
  name: string,
  events: GeneratorEvents,
): Promise<GeneratorReport> {
  return new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-KEPT_STDERR)
    })
    child.on('message', (message: FromGenerator) => {
      if (message.type === 'done') resolve(message.report)
      else (events[message.type] as (message: FromGenerator) => void)(message)
    })
    const fail = (reason: string) => reject(new LoadError(`${name} failed: ${reason}`))
    child.once('error', (error) => fail(error.message))
    child.once('close', (code, signal) =>
      fail(/^\w*Error.*$/m.exec(stderr)?.[0] ?? `it ended with ${signal ?? `code ${code}`}`),
    )
  })
}
