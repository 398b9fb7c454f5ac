import type { Access } from '../../cart-api/access.ts'
import { parseHostUrl } from '../../cart-api/host-url.ts'
import type { LoadSpec } from '../../results/load-spec.ts'
import { OPERATIONS } from '../../results/operations.ts'
import { scheduleHash } from '../schedule/hash.ts'
import { type K6Plan, planForK6 } from './k6-plan.ts'
import { requestsForK6 } from './k6-requests.ts'

/**
 * A load as a script of k6: plain JavaScript, with the mix, the seeded carts and payloads and the arrival rate of the spec.
 * The values of headers are read from the environment of k6, so that no secret is in the script.
 *
 * @throws UsageError for a load or an API that a script cannot have
 */
export function k6Script(spec: LoadSpec, url: string, access: Access): string {
  const { origin, prefix } = parseHostUrl(url)
  const plan = planForK6(spec, access)
  const used = new Set([
    ...(['create_cart', 'add_items'] as const),
    ...OPERATIONS.filter((_, index) => plan.steps.some(([operation]) => operation === index)),
  ])
  const parts = {
    host: origin + prefix,
    headers: Object.keys(access.headers),
    requests: requestsForK6(access, used),
    cartId: access.api.cart.id,
    timeout: spec.timeout_ms,
    insecure: access.tls.insecure === true,
  }
  return [
    head(spec),
    IMPORTS,
    constants(parts),
    options(spec, parts.insecure),
    listOf(plan),
    RUN,
  ].join('\n')
}

/** The environment variable of a header's value. */
export function headerVariable(name: string): string {
  return `HEADER_${name.toUpperCase().replace(/\W/g, '_')}`
}

function head(spec: LoadSpec): string {
  const { seed, mix } = spec
  return `// Written by pushcart perf --export k6: mix ${mix}, seed ${seed}, schedule ${scheduleHash(spec).slice(0, 16)}.
//
//   k6 run --out json=points.json SCRIPT     then: npx pushcart import points.json
//
// Each iteration sends one operation. What differs from pushcart perf:
// - k6 starts iterations at equal distances, and measures from the actual send.
// - Virtual users cannot share the id of a new cart, so setup() prepares every cart of the run. Creates are sent as well.
// - Operations of one shopper may overlap when the service is slow. Bodies are not checked. There is no warm-up.
`
}

const IMPORTS = `import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import http from 'k6/http'
`

interface Constants {
  readonly host: string
  readonly headers: readonly string[]
  readonly [field: string]: unknown
}

function constants({ host, headers, requests, cartId, timeout }: Constants): string {
  const values = headers.map(
    (name) => `  ${JSON.stringify(name)}: required(${JSON.stringify(headerVariable(name))}),`,
  )
  return `const HOST = __ENV.HOST || ${JSON.stringify(host)}
const HEADERS = {
  accept: 'application/json',
${values.length === 0 ? '' : `${values.join('\n')}\n`}}
const OPERATIONS = ${JSON.stringify(OPERATIONS)}
const REQUESTS = ${JSON.stringify(requests, null, 2)}
const CART_ID = ${JSON.stringify(cartId)}
const TIMEOUT_MS = ${JSON.stringify(timeout)}
`
}

function options(spec: LoadSpec, insecure: boolean): string {
  const { rate, operations, duration_s, connections: users } = spec
  // k6 takes whole numbers: a fraction of a rate is one of a thousand seconds.
  const unit = rate !== null && !Number.isInteger(rate) ? 1000 : 1
  const seconds = operations === null || rate === null ? duration_s : Math.ceil(operations / rate)
  const scenario =
    rate === null
      ? { executor: 'shared-iterations', vus: users, iterations: operations, maxDuration: '24h' }
      : {
          executor: 'constant-arrival-rate',
          rate: Math.round(rate * unit),
          timeUnit: `${unit}s`,
          duration: `${seconds}s`,
          preAllocatedVUs: users,
          maxVUs: users,
        }
  const all = {
    scenarios: { load: scenario },
    setupTimeout: '10m',
    ...(insecure && { insecureSkipTLSVerify: true }),
  }
  return `export const options = ${JSON.stringify(all, null, 2)}\n`
}

function listOf({ carts, steps }: K6Plan): string {
  const lines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join(',\n')
  return `// [customer, product, quantity, product, quantity, ...]
const CARTS = new SharedArray('carts', () => [
${lines(carts)}
])
// [operation, cart, customer or product, quantity]
const STEPS = new SharedArray('steps', () => [
${lines(steps)}
])
`
}

/** The part of the script that is the same for every load. */
const RUN = `export function setup() {
  return CARTS.map(([customer, ...lines]) => {
    const created = send('create_cart', { customer }, 'prepare')
    const cart = cartIdOf(created)
    if (cart === undefined) exec.test.abort('a cart could not be prepared: status ' + created.status)
    for (let at = 0; at < lines.length; at += 2) {
      const added = send('add_items', { cart, product: lines[at], quantity: lines[at + 1] }, 'prepare')
      if (!REQUESTS.add_items.accepts.includes(added.status))
        exec.test.abort('a cart could not be filled: status ' + added.status)
    }
    return cart
  })
}

export default function (carts) {
  // The rate and the duration may give one iteration more than there are steps.
  const step = STEPS[exec.scenario.iterationInTest]
  if (step === undefined) return
  const [operation, cart, what, quantity] = step
  const name = OPERATIONS[operation]
  const values = name === 'create_cart' ? { customer: what } : { cart: carts[cart], product: what, quantity }
  send(name, values, name)
}

function send(operation, values, tag) {
  const { method, path, headers, body, accepts } = REQUESTS[operation]
  const filled = {}
  for (const name of Object.keys(headers)) filled[name] = fillText(headers[name], values, String)
  const content = body === null ? null : JSON.stringify(fillJson(body, values))
  if (content !== null) filled['content-type'] = 'application/json'
  return http.request(method, HOST + fillText(path, values, encodeURIComponent), content, {
    headers: Object.assign({}, filled, HEADERS),
    tags: { name: tag },
    redirects: 0,
    timeout: TIMEOUT_MS + 'ms',
    responseCallback: http.expectedStatuses(...accepts),
  })
}

function fillText(text, values, encode) {
  return text.replace(/\\{(customer|cart|product|quantity)(?::\\w+)?\\}/g, (_, name) => encode(values[name]))
}

// A text that is one placeholder becomes the value itself.
function fillJson(template, values) {
  if (typeof template === 'string') {
    const whole = /^\\{(customer|cart|product|quantity)(?::(\\w+))?\\}$/.exec(template)
    if (whole === null) return fillText(template, values, String)
    const value = values[whole[1]]
    if (whole[2] === 'number') return Number(value)
    return whole[2] === 'string' ? String(value) : value
  }
  if (Array.isArray(template)) return template.map((element) => fillJson(element, values))
  if (template === null || typeof template !== 'object') return template
  const filled = {}
  for (const name of Object.keys(template)) filled[name] = fillJson(template[name], values)
  return filled
}

function cartIdOf(response) {
  if (!REQUESTS.create_cart.accepts.includes(response.status)) return undefined
  const value = CART_ID.split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce((found, part) => (found === undefined || found === null ? undefined : found[part]), response.json())
  return value === undefined || value === null ? undefined : String(value)
}

function required(name) {
  if (!__ENV[name]) throw new Error('set the environment variable ' + name + ': k6 run -e ' + name + '=...')
  return __ENV[name]
}
`
