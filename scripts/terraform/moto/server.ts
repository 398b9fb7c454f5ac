import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

/** A moto_server on this machine. */
export interface Moto {
  readonly url: string
  stop(): Promise<void>
}

/** Whether there is a moto_server that runs. */
export function hasMoto(): boolean {
  return spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0
}

/** Starts moto_server on loopback, at a port that the system chooses. */
export async function startMoto(): Promise<Moto> {
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    return { url: await listening(server), stop: () => stop(server) }
  } catch (error) {
    await stop(server)
    throw error
  }
}

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2000)
      const url = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    }
    server.stdout?.on('data', hear)
    server.stderr?.on('data', hear)
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`moto_server ended: ${said}`)))
  })
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return
  const gone = once(server, 'exit')
  server.kill('SIGTERM')
  await gone
}
