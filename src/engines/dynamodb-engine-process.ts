import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

/**
 * The child process of the embedded DynamoDB: dynalite on a loopback port, until the parent lets go of
 * the channel between them, be it by `stop`, by a crash or by a kill.
 */

export interface EngineProcessOptions {
  readonly dataDir?: string | undefined
  readonly port: number
}

/** The one message to the parent. */
export type EngineProcessMessage =
  | { readonly port: number }
  | { readonly failure: 'in use' | 'not installed' | 'other'; readonly detail: string }

// A terminal's Ctrl-C and a service manager's stop go to every process of the group. This one has to
// outlive them until the service has answered its last request; its parent then ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

// dynalite rethrows whatever happens to a request: a client that hangs up must not stop the database.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'ECONNRESET') fail(error)
})

const { dataDir, port }: EngineProcessOptions = JSON.parse(process.argv[2] ?? '{}')
let serving: Server | undefined
// Listened for from the first moment on: a parent that dies during the start must not leave us behind.
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
  // Clients keep connections; closing them under a request would look like a failing database.
  server.keepAliveTimeout = 60_000
  server.listen(port, '127.0.0.1', () => {
    serving = server
    report({ port: (server.address() as AddressInfo).port })
  })
}

/**
 * Opens and closes the folder once, with the LevelDB that dynalite is about to open it with, because
 * dynalite does not say when it cannot: it only fails every request.
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

/** Tells the parent, if it is still there, and ends. */
function fail(error: NodeJS.ErrnoException): void {
  const cause = error.cause as NodeJS.ErrnoException | undefined
  const failure =
    cause?.code === 'LEVEL_LOCKED'
      ? 'in use'
      : error.code === 'ERR_MODULE_NOT_FOUND'
        ? 'not installed'
        : 'other'
  const message: EngineProcessMessage = { failure, detail: cause?.message ?? error.message }
  // Once it serves, the parent listens no more, and the terminal is the only place left to say it.
  if (serving !== undefined) console.error(`The embedded DynamoDB has stopped: ${error.stack}`)
  if (process.send === undefined || !process.connected) process.exit(1)
  process.send(message, () => process.exit(1))
}
