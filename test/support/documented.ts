import { Readable } from 'node:stream'
import { afterEach, expect } from 'vitest'
import type { App } from '../../packages/service/src/http/route-context.ts'
import { checkDocumented } from '../../packages/service/test/http/fuzz/check-answer.ts'
import {
  documentedPath,
  type Operation,
  operationsOf,
} from '../../packages/service/test/http/fuzz/operations.ts'

const faults: string[] = []

// Here and not in each test: every response of every test that uses the app is compared.
afterEach(() => {
  expect(faults.splice(0), 'responses that the OpenAPI document does not have').toEqual([])
})

/** The operations of documents, which are the same for most apps of a test file. */
const known = new Map<string, ReadonlyMap<string, Operation>>()

/** Compares every response of the app's documented routes with its own OpenAPI document. */
export function watchResponses(app: App): void {
  let operations: ReadonlyMap<string, Operation> | undefined
  app.addHook('onSend', (request, reply, payload, done) => {
    // A long page has the schema of a short one, and is read only once.
    if (payload instanceof Readable) return done()
    operations ??= read(app)
    const { method, routeOptions } = request
    const operation = operations.get(`${method} ${documentedPath(routeOptions.url ?? '')}`)
    if (operation !== undefined) {
      const headers = Object.entries(reply.getHeaders()).map(([name, value]) => [
        name,
        String(value),
      ])
      const body = typeof payload === 'string' ? payload : ''
      const answer = { status: reply.statusCode, headers: Object.fromEntries(headers), body }
      try {
        checkDocumented(operation, answer)
      } catch (error) {
        faults.push(`${method} ${request.url}: ${error} in ${JSON.stringify(answer)}`)
      }
    }
    done()
  })
}

function read(app: App): ReadonlyMap<string, Operation> {
  const document = app.swagger()
  const text = JSON.stringify(document)
  const operations =
    known.get(text) ?? new Map(operationsOf(JSON.parse(text)).map((each) => [each.name, each]))
  known.set(text, operations)
  return operations
}
