import type { OutcomeKind } from '../load-result.ts'
import type { Operation } from '../schedule/operations.ts'
import type { Reply } from './connection.ts'

export interface Outcome {
  readonly kind: OutcomeKind
  /** The status and the service's error code, the system's error code, or the kind again. */
  readonly name: string
  /** Of a create that went well. */
  readonly cartId?: string
}

export const PROMISED: Readonly<Record<Operation, number>> = {
  create_cart: 201,
  add_items: 204,
  get_cart: 200,
  checkout: 200,
}

const OK: Outcome = { kind: 'ok', name: 'ok' }

export function judgeReply(operation: Operation, reply: Reply): Outcome {
  if ('failure' in reply) {
    const { failure } = reply
    if (failure === 'timeout') return { kind: 'timeout', name: 'timeout' }
    if (failure === 'bad_http') return { kind: 'bad_answer', name: 'not HTTP' }
    return { kind: 'network', name: failure }
  }
  const { status, body } = reply
  if (status !== PROMISED[operation]) return { kind: kindOf(status), name: nameOf(status, body) }
  if (operation !== 'create_cart') return OK
  const cartId = cartIdOf(body)
  if (cartId === null) return { kind: 'bad_answer', name: 'no shopping_cart_id' }
  return { kind: 'ok', name: 'ok', cartId }
}

function kindOf(status: number): OutcomeKind {
  if (status >= 500) return 'server_error'
  return status >= 400 ? 'client_error' : 'unexpected_status'
}

function nameOf(status: number, body: string): string {
  const code = fieldOf(body, 'error')
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? `${status} ${code}` : `${status}`
}

function cartIdOf(body: string): string | null {
  const id = fieldOf(body, 'shopping_cart_id')
  if (typeof id === 'string' && id.length >= 1 && id.length <= 500) return id
  return typeof id === 'number' ? String(id) : null
}

function fieldOf(body: string, field: string): unknown {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined
  } catch {
    return undefined
  }
}
