import type { ActionName, Actions, FindingEvent, Frame, Hello } from '../protocol.ts'

const token = new URLSearchParams(location.search).get('token')
const query = token === null ? '' : `?token=${encodeURIComponent(token)}`

/**
 * Asks the server to act.
 *
 * @throws Error with a sentence for the reader
 */
export async function act<A extends ActionName>(
  action: A,
  request: Actions[A]['request'],
): Promise<Actions[A]['response']> {
  const response = await fetch(`/api/${action}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  }).catch(() => {
    throw new Error('The command `pushcart live` no longer responds.')
  })
  const body = await response.json()
  if (!response.ok) throw new Error(`The server refused: ${body.error ?? response.status}`)
  return body
}

export interface Listener {
  hello(hello: Hello): void
  frame(frame: Frame): void
  finding(finding: FindingEvent): void
  /** A recording has ended. */
  end(): void
  /** Whether the server can be reached. */
  connected(is: boolean): void
}

/** Listens to the server; the browser reconnects by itself. */
export function listen(listener: Listener): () => void {
  const source = new EventSource(`/events${query}`)
  const on = (name: string, take: (data: never) => void) =>
    source.addEventListener(name, (event) =>
      take(JSON.parse((event as MessageEvent).data) as never),
    )
  on('hello', (hello: Hello) => {
    listener.connected(true)
    listener.hello(hello)
  })
  on('frame', listener.frame)
  on('finding', listener.finding)
  on('end', () => {
    source.close()
    listener.end()
  })
  source.onerror = () => listener.connected(false)
  return () => source.close()
}
