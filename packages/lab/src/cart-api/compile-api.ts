import type {
  Api,
  ApiOperation,
  ErrorShape,
  RequestForm,
  SetUpStep,
  Template,
  Values,
} from './api.ts'
import type { HttpRequest } from './exchange.ts'
import { compileReader, type ResponseReader } from './read-response.ts'
import { type Constants, compileJson, compileText, namesIn, type Render } from './template.ts'

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
  /** Where the lines of a cart are, for messages. */
  readonly linesAt: string
  /** Whether the cart is the customer: a create then makes no id, and every cart needs a new customer. */
  readonly cartIsCustomer: boolean
  /** Whether an add sets the quantity of a line, so that it cannot be used to add units. */
  readonly addSets: boolean
  /** Whether a body of success may say that the operation failed. */
  readonly judgesBodies: boolean
}

export interface CompiledOperation {
  readonly method: RequestForm['method']
  /** Method and path for messages: `POST /shopping-carts/{cart}/items`. */
  readonly title: string
  /** Path and query between two fixed texts. */
  pathBetween(before: string, after: string): Render
  /** `undefined` where a request has no body. */
  readonly body: Render | undefined
  /** The headers of the API, those of missing values left out. */
  headers(values: Values): readonly (readonly [name: string, value: string])[]
  request(values: Values): HttpRequest
  accepts(status: number): boolean
  /** The statuses of success, for messages. */
  readonly expected: string
  /** Whether it needs the id of a line. */
  readonly needsLine: boolean
  readonly capture: NonNullable<RequestForm['capture']>
  /** Whether a header depends on the cart or on a value that every request has. */
  readonly varyingHeaders: boolean
}

/**
 * @param constants values of `{session.NAME}`
 * @throws UsageError for a placeholder that nothing fills
 */
export function compileApi(api: Api, constants: Constants = {}): CartApi {
  const operations = Object.fromEntries(
    Object.entries(api.operations).map(([name, form]) => [name, compileRequest(form, constants)]),
  ) as Partial<Record<ApiOperation, CompiledOperation>>
  const { errors = {} } = api
  const cartIsCustomer = api.cart.id === CUSTOMER
  return {
    name: api.name,
    has: (operation) => operations[operation] !== undefined,
    operation(name) {
      const operation = operations[name]
      if (operation === undefined) throw new Error(`the API ${api.name} has no operation ${name}`)
      return operation
    },
    read: compileReader(api),
    errors,
    noCartId: `no ${typeof api.cart.id === 'string' ? api.cart.id.split('/').at(-1) : 'cart id'}`,
    linesAt: typeof api.cart.lines === 'string' ? api.cart.lines : 'cart.lines',
    cartIsCustomer,
    addSets: api.operations.add.quantity === 'absolute',
    judgesBodies: errors.refused !== undefined || errors.failed !== undefined,
  }
}

/** The `cart.id` of an API whose carts are those of their customers. */
const CUSTOMER = '{customer}'

export function compileRequest(
  form: RequestForm | SetUpStep,
  constants: Constants,
): CompiledOperation {
  const { method, accepts, capture = {} } = form
  const pathBetween = (before: string, after: string) => compilePath(form, before, after, constants)
  const path = pathBetween('', '')
  const line = 'line' in form ? form.line : undefined
  const body = form.body === undefined ? undefined : compileJson(form.body, line, constants)
  const headers = compileFields(form.headers ?? {}, (text) => text, constants)
  return {
    method,
    title: `${method} ${typeof form.path === 'string' ? form.path : '(path of the module)'}`,
    pathBetween,
    body,
    headers,
    request: (values) => ({
      method,
      path: path(values),
      headers: Object.fromEntries(headers(values)),
      body: body?.(values),
    }),
    accepts: (status) => accepts.includes(status),
    expected: accepts.join(' or '),
    needsLine: [form.path, form.query, form.body].some(usesLine),
    capture,
    varyingHeaders: Object.values(form.headers ?? {}).some(varies),
  }
}

/** Whether a template has `{line}`; a function may use it. */
function usesLine(template: unknown): boolean {
  return typeof template === 'function' || /\{line[:}]/.test(JSON.stringify(template) ?? '')
}

/** The names that only some requests outside of a load have. */
const OCCASIONAL = ['idempotencyKey', 'ifMatch', 'consistency', 'minVersion', 'cursor']

function varies(header: Template): boolean {
  if (typeof header === 'function') return true
  const names = namesIn(header)
  return names.length > 0 && !names.some((name) => OCCASIONAL.includes(name))
}

function compilePath(
  { path, query }: RequestForm | SetUpStep,
  before: string,
  after: string,
  constants: Constants,
): Render {
  const plain = compileText(path, encodeURIComponent, { before, after, constants })
  if (query === undefined) return plain
  const [render, parameters] = [
    compileText(path, encodeURIComponent, { before, constants }),
    compileFields(query, encodeURIComponent, constants),
  ]
  const needs = Object.values(query).map(namesIn)
  const names = needs.flat()
  const isFixed = needs.some((needed) => needed.length === 0)
  const isGiven = (values: Values) => {
    for (const name of names) if (values[name] !== undefined) return true
    return isFixed
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
  templates: Readonly<Record<string, Template>>,
  encode: (text: string) => string,
  constants: Constants,
): (values: Values) => [name: string, value: string][] {
  const fields = Object.entries(templates).map(([name, template]) => ({
    name,
    needs: namesIn(template),
    render: compileText(template, encode, { constants }),
  }))
  return (values) =>
    fields.flatMap(({ name, needs, render }) =>
      needs.every((needed) => values[needed] !== undefined) ? [[name, render(values)]] : [],
    )
}
