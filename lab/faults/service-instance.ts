import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** An instance of the cart service in a process of its own, on a database that runs already. */
export interface ServiceInstance extends AsyncDisposable {
  readonly url: string
}

/** An instance did not start. `message` is one line, the service's own where it said why. */
export class InstanceError extends Error {
  override readonly name = 'InstanceError'
}

const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url))
const STOP_MS = 15_000
const KEPT_STDERR = 8192
/** Settings of the user's own service; what is tested runs with the defaults and what it is given. */
const SETTINGS =
  /^(AWS_|PG|DATABASE_|DYNAMODB_|CART_|CATALOG_FILE$|CURRENCY$|PAGE_SIZE_|AUTH_|RATE_LIMIT_|TRUSTED_PROXIES$|BODY_LIMIT_|REQUEST_TIMEOUT_|DRAIN_|READY_|SWEEP_|OTEL_|READ_CONSISTENCY$)/

/**
 * Starts `pushcart serve` on a port of the system's choice and waits until it listens.
 *
 * @param settings environment variables: which store, and where its database is
 * @param migrate  whether it makes the table or the schema first
 * @throws InstanceError; nothing is left running
 */
export async function startInstance(
  settings: Readonly<Record<string, string>>,
  migrate: boolean,
): Promise<ServiceInstance> {
  const kept = Object.entries(process.env).filter(([name]) => !SETTINGS.test(name))
  const child = fork(CLI, ['serve', ...(migrate ? ['--migrate'] : [])], {
    env: {
      ...Object.fromEntries(kept),
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'fatal',
      SWEEP_INTERVAL_SECONDS: '0',
      ...settings,
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-KEPT_STDERR)
  })
  const url = await Promise.race([
    once(child, 'message').then(([message]) => (message as { readonly url: string }).url),
    once(child, 'close').then(() => undefined),
  ])
  if (url === undefined) {
    const said = stderr.trim().split('\n').at(-1)
    throw new InstanceError(
      `an instance of the service did not start: ${said || 'it said nothing'}`,
    )
  }
  return { url, [Symbol.asyncDispose]: () => stopInstance(child) }
}

/** An instance whose parent lets go of it stops in order; one that cannot is killed. */
async function stopInstance(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  if (child.connected) child.disconnect()
  const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await exited
  clearTimeout(overdue)
}
