import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { listen } from '../../../../test/support/listen.ts'

type Value = { stringValue?: string; intValue?: number; doubleValue?: number }
type Attributes = readonly { key: string; value: Value }[]
interface OtlpSpan {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  traceState?: string
  attributes: Attributes
  status: { code: number }
}
interface Otlp {
  resourceSpans: { resource: { attributes: Attributes }; scopeSpans: { spans: OtlpSpan[] }[] }[]
}

export interface CollectedSpan extends Omit<OtlpSpan, 'attributes'> {
  readonly attributes: Record<string, string | number | undefined>
  readonly resource: Record<string, string | number | undefined>
}

/** An OTLP collector on loopback that stores the spans it receives, or that never responds. */
export async function startCollector({ silent = false } = {}) {
  const spans: CollectedSpan[] = []
  const requests: { path: string | undefined; headers: IncomingHttpHeaders }[] = []
  const server = createServer(async (request, response) => {
    requests.push({ path: request.url, headers: request.headers })
    const body = await text(request)
    const json = request.headers['content-type'] === 'application/json'
    const { resourceSpans }: Otlp = json ? JSON.parse(body) : { resourceSpans: [] }
    for (const { resource, scopeSpans } of resourceSpans)
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({
          ...span,
          attributes: plain(span.attributes),
          resource: plain(resource.attributes),
        })
    if (!silent) response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  return { ...(await listen(server)), spans, requests }
}

function plain(attributes: Attributes) {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.intValue ?? value.doubleValue,
    ]),
  )
}
