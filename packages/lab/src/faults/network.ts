import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../errors/usage-error.ts'
import type { Network } from '../results/environment.ts'
import type { DatabaseStarter } from '../services/embedded-targets.ts'
import { type RunningService, startService } from '../services/start-service.ts'
import { median } from '../stats/median.ts'

const PROGRAM = { path: fileURLToPath(new URL('./run-network.ts', import.meta.url)), args: [] }
const MOST_MS = 1000
const ROUND_TRIPS = 200

/**
 * `rtt=0.5ms`: the round trip, in milliseconds.
 *
 * @throws UsageError
 */
export function parseNetwork(text: string): number {
  const [, digits] = /^rtt=(\d+(?:\.\d+)?)ms$/.exec(text.trim()) ?? []
  const ms = Number(digits)
  if (digits !== undefined && ms > 0 && ms <= MOST_MS) return ms
  throw new UsageError(
    `network: must be a round trip above 0 and up to ${MOST_MS} ms, such as rtt=0.5ms (got "${text}")`,
  )
}

/** A proxy in front of a port of this machine that adds `rttMs` to each round trip, in a separate process. */
export function startNetwork(
  port: number,
  rttMs: number,
  signal?: AbortSignal,
): Promise<RunningService> {
  return startService({
    name: 'network between service and database',
    program: PROGRAM,
    args: ['--host', '127.0.0.1', '--port', String(port), '--rtt', String(rttMs)],
    settings: {},
    signal,
  })
}

/**
 * What such a proxy adds on this machine, by round trips of a byte to an echo server, with and without it. It is more than
 * stated: the proxy is a process, too.
 */
export async function measureNetwork(rttMs: number, signal?: AbortSignal): Promise<Network> {
  const echo = createServer((socket) => void socket.setNoDelay(true).pipe(socket))
  await once(echo.listen(0, '127.0.0.1'), 'listening')
  const { port } = echo.address() as AddressInfo
  try {
    await using network = await startNetwork(port, rttMs, signal)
    const direct = await roundTripMs(port)
    const added = (await roundTripMs(Number(new URL(network.url).port))) - direct
    return { rtt_ms: rttMs, measured_ms: Math.max(0, Math.round(1000 * added) / 1000) }
  } finally {
    echo.close()
  }
}

async function roundTripMs(port: number): Promise<number> {
  const socket = createConnection({ port, host: '127.0.0.1' }).setNoDelay(true)
  const times: number[] = []
  try {
    await once(socket, 'connect')
    for (let count = 0; count < ROUND_TRIPS; count++) {
      const sent = performance.now()
      socket.write('x')
      await once(socket, 'data')
      times.push(performance.now() - sent)
    }
  } finally {
    socket.destroy()
  }
  return median(times)
}

/** Starts the databases of a comparison, each behind the same network. */
export function databaseBehind(rttMs: number): DatabaseStarter {
  return async ({ store, dataDir, signal }) => {
    const { startPostgresEngine, startDynamoEngine } = await import('@pushcart/service/engines')
    const folder = join(dataDir, store)
    const engine =
      store === 'postgres'
        ? await startPostgresEngine({ dataDir: folder })
        : await startDynamoEngine({ dataDir: folder })
    try {
      const network = await startNetwork(engine.port, rttMs, signal)
      const { port } = new URL(network.url)
      const through = (name: string) => {
        const url = new URL(engine.settings[name] ?? '')
        url.port = port
        return { [name]: url.href }
      }
      return {
        settings: {
          ...engine.settings,
          ...through(store === 'postgres' ? 'DATABASE_URL' : 'AWS_ENDPOINT_URL_DYNAMODB'),
        },
        pid: engine.pid,
        async stop() {
          await network.stop()
          await engine.stop()
        },
      }
    } catch (error) {
      await engine.stop()
      throw error
    }
  }
}
