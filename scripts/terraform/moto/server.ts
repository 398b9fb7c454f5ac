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

/**
 * Starts moto_server on loopback, at a port that the system chooses. All that it holds is in memory and ends with it, at
 * `stop` or when `signal` is aborted.
 */
export async function startMoto(signal: AbortSignal): Promise<Moto> {
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  try {
    return { url: await listening(server), stop: () => stop(server) }
  } catch (error) {
    await stop(server)
    throw signal.aborted ? signal.reason : error
  }
}

/**
 * Makes one call of an API that takes forms (RDS, EC2) and returns the answer's XML.
 *
 * @param service as in a signature's scope, by which moto finds the service; it checks no signature
 */
export async function callMoto(
  { url }: Moto,
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const scope = `dummy/20200101/us-east-1/${service}/aws4_request`
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams(parameters),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${service} ${parameters.Action}: ${answer}`)
  return answer
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
