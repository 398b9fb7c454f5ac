import { setTimeout as sleep } from 'node:timers/promises'
import {
  type RunningService,
  ServiceStartError,
  type StartServiceOptions,
  startService,
} from '../../services/start-service.ts'

/** An instance of the service that can be killed and frozen, and comes back at the same address. */
export interface Instance extends AsyncDisposable {
  readonly name: string
  readonly url: string
  /** SIGKILL; resolves when the process has ended. */
  kill(): Promise<void>
  /** Starts it again, as often as needed while its databases fail. Does nothing while it runs. */
  restart(): Promise<void>
  /** SIGSTOP: it keeps its memory, its connections and what it was about to do. */
  freeze(): void
  /** SIGCONT. */
  thaw(): void
}

const ATTEMPTS = 20
const PAUSE_MS = 250

/** @throws ServiceStartError */
export async function startInstance(name: string, options: StartServiceOptions): Promise<Instance> {
  const first = await startService(options)
  const { url } = first
  let running: RunningService | undefined = first
  const again = {
    ...options,
    args: (options.args ?? []).filter((arg) => arg !== '--migrate'),
    settings: { ...options.settings, PORT: new URL(url).port },
  }
  const signal = (which: NodeJS.Signals) => {
    if (running !== undefined) process.kill(running.pid, which)
  }

  async function restart(): Promise<void> {
    for (let attempt = 1; running === undefined; attempt++) {
      try {
        running = await startService(again)
      } catch (error) {
        const isOver = attempt === ATTEMPTS || options.signal?.aborted === true
        if (isOver || !(error instanceof ServiceStartError)) throw error
        await sleep(PAUSE_MS)
      }
    }
  }

  return {
    name,
    url,
    async kill() {
      const killed = running
      signal('SIGKILL')
      running = undefined
      await killed?.stop()
    },
    restart,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async [Symbol.asyncDispose]() {
      signal('SIGCONT')
      await running?.stop()
      running = undefined
    },
  }
}
