import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A moto_server on this machine. Its contents are in memory. Disposal stops it. */
export interface Moto extends AsyncDisposable {
  readonly url: string
}

/**
 * Starts moto_server on a free port of loopback.
 *
 * @throws Error if it is not installed or ends at once
 */
export async function startMoto(): Promise<Moto> {
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await listening(server)
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (server.exitCode !== null || server.signalCode !== null) return
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
    },
  }
}

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-2000)
      const url = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(output)?.[0]
      if (url !== undefined) resolve(url)
    }
    server.stdout?.on('data', read)
    server.stderr?.on('data', read)
    server.once('error', ({ message }) =>
      reject(new Error(`--apply needs moto_server: ${message}`)),
    )
    server.once('exit', () => reject(new Error(`moto_server ended: ${output}`)))
  })
}
