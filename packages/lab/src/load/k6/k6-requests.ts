import type { Access } from '../../cart-api/access.ts'
import type { Api, ApiOperation, RequestForm } from '../../cart-api/api.ts'
import { compileAccess } from '../../cart-api/compile-access.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { OPERATIONS, type Operation } from '../../results/operations.ts'
import { API_OPERATION } from '../http/requests.ts'

/** A request of a script; its texts have `{cart}`, `{customer}`, `{product}` and `{quantity}` in them. */
export interface K6Request {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON; `null` for none. */
  readonly body: unknown
  readonly accepts: readonly number[]
}

/** A value of a request that a load has; others, such as an idempotency key, are left out, as `perf` does. */
const FILLED = /^(customer|cart|product|quantity)$/
const PLACEHOLDER = /\{([a-zA-Z]\w*(?:\.\w+)?)(?::\w+)?\}/g

/**
 * The requests of a load as a script sends them.
 *
 * @throws UsageError for an API that a script cannot follow without its set-up, cookies or code, or whose mix needs an
 *   operation that it lacks
 */
export function requestsForK6(
  access: Access,
  used: ReadonlySet<Operation>,
): Readonly<Partial<Record<Operation, K6Request>>> {
  const { api } = access
  const problem = obstacle(access)
  if (problem !== undefined)
    throw new UsageError(
      `export: the API ${api.name} ${problem}, which a script of k6 does not have`,
    )
  const compiled = compileAccess(access)
  return Object.fromEntries(
    OPERATIONS.filter((operation) => used.has(operation)).map((operation) => {
      const name = API_OPERATION[operation]
      if (!compiled.has(name))
        throw new UsageError(`export: the mix needs ${operation}, and ${api.name} has none`)
      return [operation, requestOf(api, name)]
    }),
  )
}

function obstacle({ api, module }: Access): string | undefined {
  if (module !== undefined) return 'is a module'
  if ((api.setup ?? []).length > 0) return 'needs a set-up'
  if (api.cookies !== undefined) return 'keeps cookies'
  if (typeof api.cart.id !== 'string' || !/^(\/[^*@]*)$/.test(api.cart.id))
    return 'has no id of a cart at a fixed place in its response'
  const forms = Object.values(api.operations)
  if (forms.some((form) => form.capture !== undefined)) return 'captures values'
  return /\{(env|session|cart)\.\w+/.test(JSON.stringify(forms))
    ? 'uses values from outside a request'
    : undefined
}

function requestOf(api: Api, name: ApiOperation): K6Request {
  const form = api.operations[name]
  if (form === undefined) throw new Error(`the API ${api.name} has no operation ${name}`)
  const { method, path, body, accepts } = form
  const query = Object.entries(known(form.query)).map(([key, value]) => `${key}=${value}`)
  return {
    method,
    path: `${String(path)}${query.length === 0 ? '' : `?${query.join('&')}`}`,
    headers: known(form.headers),
    body: body ?? null,
    accepts,
  }
}

/** The fields whose values a load has. */
function known(fields: RequestForm['headers'] = {}): Record<string, string> {
  const texts = Object.entries(fields).map(([name, value]) => [name, String(value)] as const)
  return Object.fromEntries(
    texts.filter(([, value]) =>
      [...value.matchAll(PLACEHOLDER)].every(([, name = '']) => FILLED.test(name)),
    ),
  )
}
