import type { HttpRequest } from '../http/exchange.ts'
import type { Api, ApiOperation, ErrorShape, RequestForm, Values } from './api.ts'
import { compileReader, type ResponseReader } from './read-response.ts'
import { compileJson, compileText, type Render } from './template.ts'

/** An API ready for use. */
export interface CartApi {
  readonly name: string
  has(operation: ApiOperation): boolean
  /** @throws Error for an operation that the API lacks */
  operation(name: ApiOperation): CompiledOperation
  readonly read: ResponseReader
  readonly errors: ErrorShape
  /** What is wrong with a create whose response has no cart id, for messages and result files. */
  readonly noCartId: string
}

export interface CompiledOperation {
  readonly method: RequestForm['method']
  /** Method and path for messages: `POST /shopping-carts/{cart}/items`. */
  readonly title: string
  /** Path and query between two fixed texts. */
  pathBetween(before: string, after: string): Render
  /** `undefined` where a request has no body. */
  readonly body: Render | undefined
  request(values: Values): HttpRequest
  accepts(status: number): boolean
  /** The statuses of success, for messages. */
  readonly expected: string
}

export function compileApi(api: Api): CartApi {
  const operations = Object.fromEntries(
    Object.entries(api.operations).map(([name, form]) => [name, compileOperation(form)]),
  ) as Partial<Record<ApiOperation, CompiledOperation>>
  return {
    name: api.name,
    has: (operation) => operations[operation] !== undefined,
    operation(name) {
      const operation = operations[name]
      if (operation === undefined) throw new Error(`the API ${api.name} has no operation ${name}`)
      return operation
    },
    read: compileReader(api),
    errors: api.errors,
    noCartId: `no ${api.cart.id.split('/').at(-1)}`,
  }
}

function compileOperation(form: RequestForm): CompiledOperation {
  const { method, accepts } = form
  const pathBetween = (before: string, after: string) => compilePath(form, before, after)
  const path = pathBetween('', '')
  const body = form.body === undefined ? undefined : compileJson(form.body, form.line)
  const headers = compileFields(form.headers ?? {}, (text) => text)
  return {
    method,
    title: `${method} ${form.path}`,
    pathBetween,
    body,
    request: (values) => ({
      method,
      path: path(values),
      headers: Object.fromEntries(headers(values)),
      body: body?.(values),
    }),
    accepts: (status) => accepts.includes(status),
    expected: accepts.join(' or '),
  }
}

function compilePath({ path, query }: RequestForm, before: string, after: string): Render {
  const plain = compileText(path, encodeURIComponent, before, after)
  if (query === undefined) return plain
  const [render, parameters] = [
    compileText(path, encodeURIComponent, before),
    compileFields(query, encodeURIComponent),
  ]
  const names = Object.values(query).flatMap(namesIn)
  const isGiven = (values: Values) => {
    for (const name of names) if (values[name] !== undefined) return true
    return false
  }
  return (values) => {
    // Requests under load have none: the check takes less time than an empty list of parameters.
    if (!isGiven(values)) return plain(values)
    const given = parameters(values).map(([name, value]) => `${name}=${value}`)
    return `${render(values)}?${given.join('&')}${after}`
  }
}

/** Named templates, of which those with a missing value are left out. */
function compileFields(
  templates: Readonly<Record<string, string>>,
  encode: (text: string) => string,
): (values: Values) => [name: string, value: string][] {
  const fields = Object.entries(templates).map(([name, template]) => ({
    name,
    needs: namesIn(template),
    render: compileText(template, encode),
  }))
  return (values) =>
    fields.flatMap(({ name, needs, render }) =>
      needs.every((needed) => values[needed] !== undefined) ? [[name, render(values)]] : [],
    )
}

/** The names of a template's placeholders. */
function namesIn(template: string): (keyof Values)[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof Values)
}
