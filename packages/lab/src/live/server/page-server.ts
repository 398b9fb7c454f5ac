import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ajv, type ValidateFunction } from 'ajv'
import { LabError } from '../../errors/lab-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { ActionName, Actions } from '../protocol.ts'
import { ACTION_SCHEMAS } from './action-schemas.ts'
import { readAssets } from './assets.ts'
import { protect, type Refusal, SECURITY_HEADERS } from './protection.ts'
import { readBody, refuse, sendAsset, sendJson } from './respond.ts'

/** What the page shows: a running stage, or a recording. */
export interface Show {
  /** Sends events to one page until the returned function is called. */
  play(send: (event: string, data: unknown) => void): () => void
  readonly actions: {
    readonly [A in ActionName]: (request: Actions[A]['request']) => Promise<Actions[A]['response']>
  }
}

export interface PageServer extends AsyncDisposable {
  /** With the token, where one is required. */
  readonly url: string
}

export interface PageServerOptions {
  readonly host: string
  readonly port: number
}

const MAX_BODY = 64 * 1024
const MAX_PAGES = 20
/** Bytes that a page may leave unread before its connection ends: a sleeping tab must not fill the memory. */
const MAX_UNREAD = 4 * 1024 * 1024

/**
 * Serves the page, its events and its actions; see `protect` for who may use them.
 *
 * @throws UsageError when the address cannot be used
 */
export async function startPageServer(
  show: Show,
  { host, port }: PageServerOptions,
): Promise<PageServer> {
  const assets = readAssets()
  const protection = protect(host)
  const pages = new Set<ServerResponse>()
  const readRequest = requestReader()

  function openEvents(response: ServerResponse): void {
    if (pages.size >= MAX_PAGES) {
      refuse(response, { status: 503, error: `${MAX_PAGES} pages are open already` })
      return
    }
    pages.add(response)
    response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': 'text/event-stream' })
    const stop = show.play((event, data) => {
      if (response.writableLength > MAX_UNREAD) response.destroy()
      else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    })
    response.once('close', () => {
      stop()
      pages.delete(response)
    })
  }

  async function act(name: string, request: IncomingMessage): Promise<Refusal | { done: unknown }> {
    const refusal = protection.refusesOrigin(request)
    if (refusal !== undefined) return refusal
    const body = await readBody(request, MAX_BODY)
    if (body === undefined) return { status: 413, error: 'the body is too large' }
    const input = readRequest(name, body)
    if ('error' in input) return input
    const action = show.actions[name as ActionName] as (input: unknown) => Promise<unknown>
    return { done: await action(input.value) }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '', 'http://page') ?? NOWHERE
    const asset = request.method === 'GET' ? assets.get(url.pathname) : undefined
    const refusal = protection.refusesHost(request)
    if (refusal !== undefined) refuse(response, refusal)
    else if (asset !== undefined) sendAsset(response, asset)
    else await serveOwnPage(url, request, response)
  }

  async function serveOwnPage(
    { pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const refusal = protection.refusesToken(searchParams)
    if (refusal !== undefined) return refuse(response, refusal)
    if (request.method === 'GET' && pathname === '/events') return openEvents(response)
    const action = request.method === 'POST' ? /^\/api\/(\w+)$/.exec(pathname)?.[1] : undefined
    const result = action === undefined ? NOT_FOUND : await act(action, request)
    if ('error' in result) refuse(response, result)
    else sendJson(response, 200, result.done)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      const expected = error instanceof LabError
      refuse(response, {
        status: expected ? 409 : 500,
        error: expected ? error.message : 'internal error',
      })
    })
  })
  await listen(server, { host, port })
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  const { token } = protection
  return {
    url: `http://${name}:${address.port}/${token === undefined ? '' : `?token=${token}`}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/**
 * Tries an address before anything is started for it.
 *
 * @throws UsageError when the address cannot be used
 */
export async function requireFreeAddress(address: PageServerOptions): Promise<void> {
  const server = createServer()
  await listen(server, address)
  await new Promise((done) => server.close(done))
}

/** @throws UsageError */
async function listen(server: Server, { host, port }: PageServerOptions): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(port, host, done)
  }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      error.code === 'EADDRINUSE'
        ? `port ${port} is in use, perhaps by another \`pushcart live\`: choose another with --port`
        : `cannot listen on ${host}:${port}: ${error.message}`,
    )
  })
}

const NOWHERE = { pathname: '', searchParams: new URLSearchParams() }
const NOT_FOUND: Refusal = { status: 404, error: 'not found' }

/** Parses the body of an action and validates it. */
function requestReader(): (action: string, body: string) => Refusal | { readonly value: unknown } {
  const ajv = new Ajv()
  const validators = new Map<string, ValidateFunction>(
    Object.entries(ACTION_SCHEMAS).map(([name, schema]) => [name, ajv.compile(schema)]),
  )
  return (action, body) => {
    const validate = validators.get(action)
    if (validate === undefined) return NOT_FOUND
    const value = parse(body)
    return validate(value)
      ? { value }
      : { status: 400, error: ajv.errorsText(validate.errors, { dataVar: 'body' }) }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
