import { createServer } from 'node:http'
import { type Listening, listen } from './listen.ts'

/** What the operations of a telling service take. */
export interface Toll {
  readonly cpu_s: number
  readonly read: number
  readonly write: number
}

export interface TellingService extends Listening {
  /** Methods and paths of all requests, ids replaced by `:id`. */
  readonly asked: readonly string[]
}

/**
 * A service that succeeds in everything and keeps nothing, whose /metrics says what `toll` takes for each request.
 *
 * @param toll by method and path, such as `GET /shopping-carts/:id?consistency=strong`; nothing for what it does not name
 */
export async function startTellingService(
  toll: (request: string, cart: string) => Toll | undefined,
  statusOf: (request: string) => number | undefined = () => undefined,
): Promise<TellingService> {
  const asked: string[] = []
  let [carts, cpu, read, write] = [0, 0, 0, 0]
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    if (url === '/metrics') {
      const units = 'pushcart_dynamodb_consumed_capacity_units_total'
      response.end(
        `process_cpu_seconds_total ${cpu}\n${units}{kind="read"} ${read}\n${units}{kind="write"} ${write}\n`,
      )
      return
    }
    const id = /^\/shopping-carts\/([^/?]+)/.exec(url)?.[1] ?? ''
    const name = `${method} ${url.replace(/customer_id=\d+/, 'customer_id=').replace(id === '' ? '\n' : id, ':id')}`
    asked.push(name)
    const took = toll(name, id)
    cpu += took?.cpu_s ?? 0
    read += took?.read ?? 0
    write += took?.write ?? 0
    request.resume().once('end', () => {
      const created = name === 'POST /shopping-carts'
      const usual = created ? 201 : name.endsWith('/items') ? 204 : 200
      response.writeHead(statusOf(name) ?? usual)
      response.end(created ? JSON.stringify({ shopping_cart_id: `cart-${++carts}` }) : undefined)
    })
  })
  return { ...(await listen(server)), asked }
}
