import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors/usage-error.ts'
import { type PageServer, type Show, startPageServer } from '../../src/live/server/page-server.ts'

const asked: unknown[] = []
const show: Show = {
  play(send) {
    send('hello', {})
    return () => {}
  },
  actions: {
    click: async () => ({}),
    async load(input) {
      asked.push(input)
      return { shoppers: input.shoppers }
    },
    fault: async () => ({ on: true }),
    move: async () => ({}),
    save: async () => ({ folder: '', files: [], commands: [] }),
  },
}

let server: PageServer | undefined
afterEach(async () => {
  await server?.[Symbol.asyncDispose]()
  server = undefined
  asked.splice(0)
})

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function send(
  url: string,
  { method = 'POST', path = '/api/load', headers, body = '' }: Sent,
) {
  const { hostname, port, host } = new URL(url)
  return new Promise<{ status: number; text: string; headers: object }>((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { host, origin: `http://${host}`, 'content-type': 'application/json', ...headers },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
        )
      },
    )
    sent.on('error', reject).end(body)
  })
}

const LOAD = JSON.stringify({ shoppers: 3, mix: 'shopping' })

describe('the server of the live page', () => {
  it('acts for its own page', async () => {
    server = await startPageServer(show, { host: '127.0.0.1', port: 0 })
    expect(await send(server.url, { body: LOAD })).toMatchObject({
      status: 200,
      text: '{"shoppers":3}',
    })
    expect(asked).toEqual([{ shoppers: 3, mix: 'shopping' }])
  })

  it.each([
    ['a page of another origin', { headers: { origin: 'http://shop.example' }, body: LOAD }, 403],
    [
      'a name that resolves to this address',
      { headers: { host: 'shop.example' }, body: LOAD },
      421,
    ],
    ['a form', { headers: { 'content-type': 'text/plain' }, body: LOAD }, 415],
    ['no JSON', { body: '{' }, 400],
    ['an unknown mix', { body: '{"shoppers":3,"mix":"x"}' }, 400],
    ['too many shoppers', { body: '{"shoppers":999999,"mix":"shopping"}' }, 400],
    ['an unknown field', { body: '{"shoppers":3,"mix":"shopping","x":1}' }, 400],
    ['an unknown action', { path: '/api/constructor', body: '{}' }, 404],
    ['an unknown path', { method: 'GET', path: '/../package.json' }, 404],
    ['a huge body', { body: `"${'x'.repeat(100_000)}"` }, 413],
  ])('refuses %s', async (_, sent, status) => {
    server = await startPageServer(show, { host: '127.0.0.1', port: 0 })
    const answer = await send(server.url, sent)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text).error).toMatch(/^.{5,200}$/)
    expect(asked).toEqual([])
  })

  it('requires the token of its URL beyond loopback', async () => {
    server = await startPageServer(show, { host: '0.0.0.0', port: 0 })
    const { port, search } = new URL(server.url)
    const local = `http://127.0.0.1:${port}`
    expect(search).toMatch(/^\?token=[0-9a-f]{32}$/)
    expect(await send(local, { body: LOAD })).toMatchObject({ status: 403 })
    const wrong = `/api/load?token=${'0'.repeat(32)}`
    expect(await send(local, { path: wrong, body: LOAD })).toMatchObject({ status: 403 })
    expect(await send(local, { path: `/api/load${search}`, body: LOAD })).toMatchObject({
      status: 200,
    })
  })

  it('serves a page of at most 300 KB whose scripts and styles come from it alone', async () => {
    server = await startPageServer(show, { host: '127.0.0.1', port: 0 })
    const sizes = new Map<string, number>()
    const visit = async (path: string) => {
      if (sizes.has(path) || server === undefined) return
      const response = await fetch(new URL(path, server.url))
      expect([path, response.status]).toEqual([path, 200])
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
      sizes.set(path, Number(response.headers.get('content-length')))
      const text = await response.text()
      const imported = [...text.matchAll(/(?:from\s*|import\()['"](\.{0,2}\/[^'"\s]+)['"]/g)]
      const linked = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)]
      for (const [, name = ''] of path === '/' ? linked : imported)
        await visit(new URL(name, new URL(path, 'http://page')).pathname)
    }
    await visit('/')
    expect(sizes.size).toBeGreaterThan(10)
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000)
  })

  it('says in one line that its port is in use', async () => {
    server = await startPageServer(show, { host: '127.0.0.1', port: 0 })
    const port = Number(new URL(server.url).port)
    const second = startPageServer(show, { host: '127.0.0.1', port })
    await expect(second).rejects.toThrow(UsageError)
    await expect(second).rejects.toThrow(/^port \d+ is in use.*--port$/)
  })
})
