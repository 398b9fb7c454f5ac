import { type Access, keepsCarts, plainAccess } from '../../cart-api/access.ts'
import { EMPTY_STATE, newCustomers, stateAfter } from '../../cart-api/cart-state.ts'
import { compileAccess } from '../../cart-api/compile-access.ts'
import type { HttpHeaders } from '../../cart-api/exchange.ts'
import { parseHostUrl } from '../../cart-api/host-url.ts'
import { parseJson } from '../../cart-api/parse-json.ts'
import type { Step } from '../schedule/schedule.ts'
import { type Connection, createConnection, type Reply } from './connection.ts'
import { createJudge, type Outcome } from './outcome.ts'
import { createRequests } from './requests.ts'

/** Sends the steps of a load to a service, one at a time on each connection. */
export interface Transport {
  /** Connections without a request in flight. */
  free(): number
  /** Sends a step on a free connection and calls `onOutcome` exactly once. */
  send(step: Step, cartId: string, onOutcome: (outcome: Outcome) => void): void
  /** Opens all connections; resolves when each is open or could not be opened. */
  open(): Promise<void>
  /** Ends requests beyond the timeout. To be called regularly. */
  expire(): void
  /** How often a connection was opened. */
  opened(): number
  close(): void
}

/** @throws UsageError when `url` is no usable URL */
export function createTransport(
  url: string,
  connections: number,
  timeoutMs: number,
  access: Access = plainAccess(),
): Transport {
  const { origin, prefix } = parseHostUrl(url)
  const { protocol, hostname, port, host } = new URL(origin)
  const secure = protocol === 'https:'
  const endpoint = {
    secure,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 443 : 80),
    tls: access.tls,
  }
  const api = compileAccess(access)
  const requestOf = createRequests(access, host, prefix)
  const { judge, keepsBody } = createJudge(api)
  const keeps = keepsCarts(access)
  const newCustomer = newCustomers()
  let opened = 0

  /** Keeps what the response to a create says of its cart. */
  function keep({ cartId }: Outcome, reply: Reply): void {
    if (cartId === undefined || 'failure' in reply) return
    const response = { body: parseJson(reply.body), headers: headersIn(reply.head) }
    const { capture } = api.operation('create')
    access.carts.set(cartId, stateAfter(EMPTY_STATE, access, capture, response))
  }

  const all = Array.from({ length: connections }, () =>
    createConnection(endpoint, keepsBody, () => void opened++),
  )
  // First in, first out: all connections are used equally, and none idles until the server closes it.
  const idle = createRing(all)
  return {
    free: idle.size,
    send(step, cartId, onOutcome) {
      const connection = idle.take()
      if (connection === undefined) throw new Error('no connection is free')
      const customer =
        api.cartIsCustomer && step.operation === 'create_cart' ? newCustomer() : undefined
      const state = keeps ? access.carts.get(cartId) : undefined
      connection.send(requestOf(step, cartId, customer, state), (reply: Reply) => {
        idle.put(connection)
        const outcome = judge(step.operation, reply, customer ?? cartId)
        if (keeps) keep(outcome, reply)
        onOutcome(outcome)
      })
    },
    async open() {
      await Promise.all(all.map((connection) => connection.open()))
    },
    expire() {
      const sentBefore = performance.now() - timeoutMs
      for (const connection of all) connection.expire(sentBefore)
    },
    opened: () => opened,
    close() {
      for (const connection of all) connection.close()
    },
  }
}

/** The headers of a response by their names in lower case. */
function headersIn(head: string): HttpHeaders {
  const headers: Record<string, string | string[]> = {}
  for (const [, name = '', value = ''] of head.matchAll(
    /\r\n([^:\r]+):[ \t]*([^\r]*?)[ \t]*(?=\r|$)/g,
  )) {
    const key = name.toLowerCase()
    headers[key] = key in headers ? [headers[key] ?? [], value].flat() : value
  }
  return headers
}

function createRing(connections: readonly Connection[]) {
  const places: (Connection | undefined)[] = [...connections]
  const capacity = connections.length
  let first = 0
  let count = capacity
  return {
    size: () => count,
    take() {
      const connection = places[first]
      if (count === 0 || connection === undefined) return undefined
      first = (first + 1) % capacity
      count--
      return connection
    },
    put(connection: Connection) {
      places[(first + count) % capacity] = connection
      count++
    },
  }
}
