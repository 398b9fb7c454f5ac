import type { Operation } from '../../../src/index.ts'
import type { Answer, Request, Store } from './store.ts'
import type { Task, World } from './world.ts'

export type Asked = Omit<Request, 'clock'>

/** The faults of the network and of the store. */
export const FAULTS = [
  'request_dropped',
  'reply_dropped',
  'delivered_late',
  'duplicate_delivery',
  'busy',
  'kill',
]

/** Share of the operations that each network fault affects. */
const FAULT_SHARE = 0.015
/** The timeout of a client. */
const PATIENCE = 10e6

export function drawFault(world: World, { kind, key }: Request): string | undefined {
  const draw = world.integer(0, 9999) / 10_000 / FAULT_SHARE
  if (draw >= FAULTS.length - 1) return undefined
  const fault = FAULTS[Math.floor(draw)]
  if (fault !== 'duplicate_delivery') return fault
  return key === undefined || kind === 'get' ? undefined : fault
}

/** `undefined` without a response. */
export function* deliver(
  world: World,
  store: Store,
  request: Request,
  fault: string | undefined,
): Task<Answer | undefined> {
  if (fault === 'busy') return { error: 'busy' }
  if (fault === 'duplicate_delivery') world.start(deliverAfter(world, store, request, 10, 2000))
  // The client has given up and sent other requests by then.
  if (fault === 'delivered_late') world.start(deliverAfter(world, store, request, 11_000, 60_000))
  if (fault === 'request_dropped' || fault === 'delivered_late') {
    yield PATIENCE
    return undefined
  }
  const answer = yield* store.handle(request)
  if (fault !== 'reply_dropped') return answer
  yield PATIENCE
  return undefined
}

function* deliverAfter(
  world: World,
  store: Store,
  request: Request,
  low: number,
  high: number,
): Task {
  yield world.latency(low, high)
  yield* store.handle(request)
}

/** A refusal of a request that was delivered twice is not final: the other copy may still be applied. */
export function statusOf(
  answer: Answer | undefined,
  faults: readonly string[],
): Operation['status'] {
  if (answer === undefined) return 'info'
  if (answer.error === undefined) return 'ok'
  return faults.includes('duplicate_delivery') ? 'info' : 'fail'
}
