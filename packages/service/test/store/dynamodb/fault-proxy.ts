import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listen } from '../../../../../test/support/listen.ts'

/** What happens to one request on its way to the database. */
export type Fate =
  | 'forward'
  /** Executed, and then the connection closes without a response. */
  | 'apply then drop'
  /** Executed, without ever a response. */
  | 'apply then hang'
  /** Not executed; the response is this exception. */
  | { readonly status: number; readonly type: string; readonly more?: object }

export interface FaultProxy {
  readonly endpoint: string
  /** How many requests of each operation arrived, for example `UpdateItem`. */
  readonly requests: Map<string, number>
  close(): Promise<void>
}

/**
 * A loopback endpoint in front of a real one.
 *
 * @param fateOf the fate of the `n`th request (from 1) of an operation
 */
export async function startFaultProxy(
  target: string,
  fateOf: (operation: string, n: number) => Fate,
): Promise<FaultProxy> {
  const requests = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const n = (requests.get(operation) ?? 0) + 1
    requests.set(operation, n)
    const body = await text(request)
    const fate = fateOf(operation, n)
    if (typeof fate === 'object') {
      const { status, type, more } = fate
      return send(response, status, JSON.stringify({ __type: type, message: type, ...more }))
    }
    const { host: _host, connection: _connection, ...headers } = request.headers
    const answer = await fetch(target, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    })
    const answered = await answer.text()
    if (fate === 'apply then drop') request.socket.destroy()
    if (fate === 'forward') send(response, answer.status, answered)
  })
  const { url: endpoint, [Symbol.asyncDispose]: close } = await listen(server)
  return { endpoint, close, requests }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}
