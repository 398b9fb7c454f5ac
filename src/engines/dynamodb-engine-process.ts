import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

/**
 * The child process of the embedded DynamoDB: dynalite on a loopback port, until the channel to the parent closes by `stop`, a
 * crash or a kill.
 */

export interface EngineProcessOptions {
  readonly dataDir?: string | undefined
  readonly port: number
}

/** The only message to the parent. */
export type EngineProcessMessage =
  | { readonly port: number }
  | { readonly failure: 'in use' | 'not installed' | 'other'; readonly detail: string }

// Ctrl-C and a service manager's stop signal reach every process of the group. This one must run until the service has
// finished its last request; then its parent stops it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

// dynalite rethrows errors of requests. A client that disconnects must not stop the database.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ECONNRESET') fail(error)
})

const { dataDir, port }: EngineProcessOptions = JSON.parse(process.argv[2] ?? '{}')
let serving: Server | undefined
// From the beginning, because this process must not survive a parent that dies during the start.
process.once('disconnect', () => {
  if (serving === undefined) process.exit(0)
  serving.close(() => process.exit(0))
  setTimeout(() => serving?.closeAllConnections(), 1_000).unref()
})
start().catch(fail)

async function start(): Promise<void> {
  const { default: dynalite } = await import('dynalite')
  if (dataDir !== undefined) await openOnce(dataDir)
  const server = dynalite({
    ...(dataDir !== undefined && { path: dataDir }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  })
  server.once('error', fail)
  // Clients keep connections open; closing them during a request would look like a failing database.
  server.keepAliveTimeout = 60_000
  server.listen(port, '127.0.0.1', () => {
    serving = server
    report({ port: (server.address() as AddressInfo).port })
  })
}

/**
 * Opens and closes the folder once with dynalite's LevelDB, because dynalite does not report when it cannot open the folder:
 * it only fails every request.
 */
async function openOnce(folder: string): Promise<void> {
  const required = createRequire(createRequire(import.meta.url).resolve('dynalite'))
  const { Level } = required('level') as {
    Level: new (folder: string) => { open(): Promise<void>; close(): Promise<void> }
  }
  const level = new Level(folder)
  await level.open()
  await level.close()
}

function report(message: EngineProcessMessage): void {
  process.send?.(message)
}

/** Reports the error to the parent, if it still exists, and exits. */
function fail(error: NodeJS.ErrnoException): void {
  const cause = error.cause as NodeJS.ErrnoException | undefined
  const failure =
    cause?.code === 'LEVEL_LOCKED'
      ? 'in use'
      : error.code === 'ERR_MODULE_NOT_FOUND'
        ? 'not installed'
        : 'other'
  const message: EngineProcessMessage = { failure, detail: cause?.message ?? error.message }
  // The parent no longer listens for messages after the start, so the error goes to the terminal.
  if (serving !== undefined) console.error(`The embedded DynamoDB has stopped: ${error.stack}`)
  if (process.send === undefined || !process.connected) process.exit(1)
  process.send(message, () => process.exit(1))
}
