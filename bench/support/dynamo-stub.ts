import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { CARTS, LINES } from '../carts.ts'
import { type DynamoAnswers, dynamoAnswers, type Input } from './dynamo-answers.ts'

/**
 * Stands in for DynamoDB when only the service is measured: it responds from memory at once, with the protocol's
 * checksum. Signatures are not checked.
 */
export async function startDynamoStub(
  answers: DynamoAnswers,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => reply(answers, request, body, response))
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function reply(
  answers: DynamoAnswers,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
  const answer = answers.answer(operation, JSON.parse(body || '{}') as Input)
  const bytes = Buffer.from(answer ?? UNKNOWN)
  response
    .writeHead(answer === undefined ? 400 : 200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': bytes.length,
      'x-amz-crc32': crc32(bytes),
      'x-amzn-requestid': 'STUB',
    })
    .end(bytes)
}

const UNKNOWN = '{"__type":"com.amazon.coral.service#UnknownOperationException"}'

if (import.meta.main) {
  const stub = await startDynamoStub(dynamoAnswers(CARTS, LINES))
  process.once('disconnect', () => stub.stop())
  process.send?.({ type: 'listening', url: stub.url })
}
