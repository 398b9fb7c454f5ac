import type { CartApi } from '../../cart-api/compile-api.ts'
import { parseJson } from '../../cart-api/parse-json.ts'
import type { OutcomeKind } from '../../results/load-result.ts'
import type { Operation } from '../../results/operations.ts'
import type { Reply } from './connection.ts'
import { createGetJudge } from './judge-get.ts'
import { ofOperations } from './requests.ts'

export interface Outcome {
  readonly kind: OutcomeKind
  /** The status and the service's error code, the code of the system error, or the kind again. */
  readonly name: string
  /** Of a successful create. */
  readonly cartId?: string
}

const OK: Outcome = { kind: 'ok', name: 'ok' }

/** Judges replies by an API. */
export interface Judge {
  /** Whether the body of a response with this status is read; any other is discarded unread. */
  keepsBody(status: number): boolean
  /** @param cart the id of the cart that the request was about; of a create, the customer where the cart is the customer */
  judge(operation: Operation, reply: Reply, cart?: string): Outcome
}

export function createJudge(api: CartApi): Judge {
  const accepts = ofOperations(api, (compiled) => compiled.accepts)
  const { accepts: acceptsCreate } = api.operation('create')
  const { accepts: acceptsGet } = api.operation('get')
  const judgeGet = createGetJudge(api)

  function nameOf(status: number, body: string): string {
    const code = api.read.errorCode(parseJson(body))
    return code === undefined ? `${status}` : `${status} ${code}`
  }

  /** The failure that a body of success reports. */
  function problemIn(text: string): Outcome | undefined {
    const body = parseJson(text)
    const problem = api.read.problem(body)
    if (problem === undefined) return undefined
    const kind = problem === 'refused' ? 'client_error' : 'server_error'
    return { kind, name: api.read.errorCode(body) ?? problem }
  }

  function judgeSuccess(operation: Operation, body: string, cart: string): Outcome {
    const problem = api.judgesBodies ? problemIn(body) : undefined
    if (problem !== undefined) return problem
    if (operation === 'get_cart') {
      const wrong = judgeGet(body, cart)
      return wrong === undefined ? OK : { kind: 'bad_answer', name: wrong }
    }
    if (operation !== 'create_cart') return OK
    const cartId = api.cartIsCustomer ? cart : api.read.cartId(parseJson(body))
    if (cartId === undefined) return { kind: 'bad_answer', name: api.noCartId }
    return { kind: 'ok', name: 'ok', cartId }
  }

  return {
    keepsBody: (status) =>
      status >= 400 || acceptsCreate(status) || acceptsGet(status) || api.judgesBodies,
    judge(operation, reply, cart = '') {
      if ('failure' in reply) return failureOf(reply)
      const { status, body } = reply
      if (accepts[operation]?.(status) !== true)
        return { kind: kindOf(status), name: nameOf(status, body) }
      return judgeSuccess(operation, body, cart)
    },
  }
}

function failureOf({ failure, reason }: Extract<Reply, { failure: string }>): Outcome {
  if (failure === 'timeout') return { kind: 'timeout', name: 'timeout' }
  if (failure === 'bad_http') return { kind: 'bad_answer', name: reason ?? 'not HTTP' }
  return { kind: 'network', name: failure }
}

function kindOf(status: number): OutcomeKind {
  if (status >= 500) return 'server_error'
  return status >= 400 ? 'client_error' : 'unexpected_status'
}
