import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll } from 'vitest'
import { makeApp } from '../../../../../test/support/app.ts'
import { type Answer, parseAnswer } from './send.ts'

/** The lines of a request's headers, terminated as HTTP requires. */
export const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`

/** Everything received until the connection closes. */
export async function received(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

/** The response to bytes after which the client half-closes the connection. */
export async function answerTo(socket: Socket, bytes: string): Promise<Answer> {
  socket.end(bytes)
  return parseAnswer(await received(socket))
}

type Service = ReturnType<typeof makeApp> & { readonly port: number }

/**
 * Listening services, closed after the tests of the file: `listening()` returns a shared service, with settings a separate
 * one; both with a new cart with 2 units of product 1.
 */
export function useListening() {
  const started: Service[] = []
  let shared: Service | undefined

  async function start(env: Record<string, string>): Promise<Service> {
    const made = makeApp({ env })
    const url = await made.app.listen({ host: '127.0.0.1', port: 0 })
    const service = { ...made, port: Number(new URL(url).port) }
    started.push(service)
    return service
  }

  afterAll(async () => {
    for (const { app } of started) await app.close()
  })

  return async function listening(env?: Record<string, string>) {
    if (env === undefined) shared ??= await start({})
    const service = (env === undefined ? shared : undefined) ?? (await start(env ?? {}))
    const cartId = await service.newCart()
    await service.add(cartId, 1, 2)
    const path = `/shopping-carts/${cartId}`
    const cart = async () => (await service.get(path)).json()
    const dial = () => connect(service.port, '127.0.0.1')
    return { ...service, dial, cartId, path, cart }
  }
}
