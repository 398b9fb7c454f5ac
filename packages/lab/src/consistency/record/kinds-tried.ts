import type { Kind, Strategy } from '@pushcart/histories'
import type { Invocation } from './invocation.ts'
import type { Trial } from './trial.ts'
/** A kind of change that a service has, with another meaning than in the model of the checkers. */
export interface OtherMeaning {
  readonly kind: Kind
  /** What differs, in words. */
  readonly difference: string
}

export interface KindsTried {
  /** The kinds that work as in the model of the checkers. */
  readonly kinds: readonly Kind[]
  /** How carts can be merged. */
  readonly strategies: readonly Strategy[]
  readonly otherwise: readonly OtherMeaning[]
}

/** `undefined` where the service lacks the kind, a text where it differs. */
type TrialResult = true | undefined | string

/**
 * Tries every kind of change beyond create and add, each on new carts. A kind that differs from the model, such as a
 * checkout after which the cart can still be changed, would look like a fault: it is left out, and reported.
 */
export async function tryKinds(trial: Trial): Promise<KindsTried> {
  const tries: readonly [Kind, (trial: Trial) => Promise<TrialResult>][] = [
    ['set', trySet],
    ['remove', tryRemove],
    ['empty', tryEmpty],
    ['delete', tryDelete],
    ['checkout', tryCheckout],
    ['merge', tryMerge],
  ]
  const kinds: Kind[] = []
  const otherwise: OtherMeaning[] = []
  for (const [kind, tried] of tries) {
    if (!trial.api.has(kind) && !(kind === 'set' && trial.api.addSets)) continue
    const result = await tried(trial)
    if (result === true) kinds.push(kind)
    else if (result !== undefined) otherwise.push({ kind, difference: result })
  }
  const strategies = kinds.includes('merge') ? await tryStrategies(trial) : []
  return { kinds, strategies, otherwise }
}

async function trySet(trial: Trial): Promise<TrialResult> {
  const [p, q] = trial.products
  const cart = await trial.cartWith({ [p]: 2 })
  if (cart === undefined || !(await works(trial, { kind: 'set', cart, lines: [[p, 7]] }))) return
  if (!(await trial.shows(cart, { [p]: 7 }))) return 'the quantity is not what was set'
  const made = await works(trial, { kind: 'set', cart, lines: [[q, 1]] })
  return (
    (made && (await trial.shows(cart, { [p]: 7, [q]: 1 }))) || 'it makes no line that is not there'
  )
}

async function tryRemove(trial: Trial): Promise<TrialResult> {
  const [p, q] = trial.products
  const cart = await trial.cartWith({ [p]: 1, [q]: 1 })
  if (cart === undefined || !(await works(trial, { kind: 'remove', cart, product: p }))) return
  if (!(await trial.shows(cart, { [q]: 1 }))) return 'the line is still there'
  const again = await trial.completion({ kind: 'remove', cart, product: p })
  return again.status === 'fail' || 'taking out what is not there is not refused'
}

async function tryEmpty(trial: Trial): Promise<TrialResult> {
  const [p, q] = trial.products
  const cart = await trial.cartWith({ [p]: 1, [q]: 1 })
  if (cart === undefined || !(await works(trial, { kind: 'empty', cart }))) return
  if (!(await trial.shows(cart, {}))) return 'lines are left'
  return (await works(trial, { kind: 'empty', cart })) || 'an empty cart is refused'
}

async function tryDelete(trial: Trial): Promise<TrialResult> {
  const [p] = trial.products
  const cart = await trial.cartWith({ [p]: 1 })
  if (cart === undefined || !(await works(trial, { kind: 'delete', cart }))) return
  if (!(await trial.isGone(cart))) return 'the cart is still found'
  const late = await trial.completion({ kind: 'add', cart, lines: [[p, 1]] })
  return late.status === 'fail' || 'a deleted cart takes adds'
}

async function tryCheckout(trial: Trial): Promise<TrialResult> {
  const [p] = trial.products
  const [cart, empty] = [await trial.cartWith({ [p]: 1 }), await trial.cartWith({})]
  if (cart === undefined || !(await works(trial, { kind: 'checkout', cart }))) return
  const late = await trial.completion({ kind: 'add', cart, lines: [[p, 1]] })
  if (late.status !== 'fail') return 'the cart takes adds after it'
  if (!(await trial.shows(cart, { [p]: 1 }))) return 'the cart no longer shows what it held'
  const none = await trial.completion({ kind: 'checkout', cart: empty ?? '' })
  return none.status === 'fail' || 'an empty cart is not refused'
}

async function tryMerge(trial: Trial): Promise<TrialResult> {
  const [p, q] = trial.products
  const [cart, from] = [await trial.cartWith({ [p]: 1 }), await trial.cartWith({ [p]: 2, [q]: 1 })]
  if (cart === undefined || from === undefined) return
  if (!(await works(trial, { kind: 'merge', cart, from, strategy: 'sum' }))) return
  if (!(await trial.shows(cart, { [p]: 3, [q]: 1 }))) return 'the lines of both are not summed'
  const late = await trial.completion({ kind: 'add', cart: from, lines: [[p, 1]] })
  if (late.status !== 'fail') return 'the cart that was merged takes adds'
  const found = await trial.completion({ kind: 'get', cart: from, read: 'strong' })
  return found.status === 'ok' || 'the cart that was merged is not found'
}

async function tryStrategies(trial: Trial): Promise<Strategy[]> {
  const [p] = trial.products
  const joined = { sum: 3, max: 2, keep: 1 } as const
  const works: Strategy[] = ['sum']
  for (const strategy of ['max', 'keep'] as const) {
    const [cart, from] = [await trial.cartWith({ [p]: 1 }), await trial.cartWith({ [p]: 2 })]
    if (cart === undefined || from === undefined) continue
    await trial.completion({ kind: 'merge', cart, from, strategy })
    if (await trial.shows(cart, { [p]: joined[strategy] })) works.push(strategy)
  }
  return works
}

async function works(trial: Trial, invocation: Invocation): Promise<boolean> {
  return (await trial.completion(invocation)).status === 'ok'
}
