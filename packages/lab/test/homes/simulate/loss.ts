import type { Operation } from '@pushcart/histories'
import type { Timed } from './clients.ts'
import type { Region, World } from './world.ts'

/** What a takeover loses: the changes of the lost region's items of which no copy has arrived. */
export interface Loss {
  /** Simulated milliseconds: when the copies were compared. */
  readonly at: number
  /** By cart: the version that the other region has (0: it has no copy), and when the lost region wrote a later one. */
  readonly carts: ReadonlyMap<string, { readonly kept: number; readonly since: number }>
  /** The lost writes. */
  readonly writes: number
  /** The region that took over. */
  readonly by: string
  /** How long before `at` the earliest lost write was made, milliseconds. */
  readonly oldestMs: number
}

/** Compares the items of the lost region with the copies that the other one has. */
export async function lossOf(world: World, lost: string, other: string): Promise<Loss> {
  const at = world.scheduler.now()
  const region = world.regions.find(({ name }) => name === other) as Region
  const carts = new Map<string, { kept: number; since: number }>()
  let [writes, oldestMs] = [0, 0]
  for (const { key, version, at: since, region: by } of world.writes) {
    if (by !== lost) continue
    const known = carts.get(key)
    const copy =
      known === undefined ? await world.scheduler.outside(region.table.read(key)) : undefined
    const kept = known?.kept ?? Number(copy?.version?.N ?? 0)
    if (version <= kept) continue
    writes += 1
    oldestMs = Math.max(oldestMs, at - since)
    if (known === undefined) carts.set(key, { kept, since })
  }
  return { at, by: other, carts, writes, oldestMs }
}

/** Carts whose lost changes have reappeared, because their copies arrived after all and nobody had changed the cart meanwhile. */
export function reappeared(
  { arrivals }: World,
  { at: takenOver, by, carts }: Loss,
): ReadonlySet<string> {
  const late = arrivals.filter(({ to, key, at }) => to === by && at >= takenOver && carts.has(key))
  return new Set(late.map(({ key }) => key))
}

/**
 * The operations without those that were lost: acknowledged changes that were not copied, and what was seen or refused because of them.
 * Nothing is said about carts that were merged meanwhile, of which one may be copied and the other not, about those without a copy, and
 * about those whose lost changes have reappeared.
 */
export function withoutLoss(
  world: World,
  timed: readonly Timed[],
  loss: Loss | undefined,
): { readonly kept: readonly Timed[]; readonly unclear: number } {
  if (loss === undefined) return { kept: timed, unclear: 0 }
  const { carts, at } = loss
  const unclear = unclearCarts(timed, loss, reappeared(world, loss))
  const first = Math.min(...[...carts.values()].map(({ since }) => since))
  const kept = timed.filter(({ operation, from, to }) => {
    const { kind, cart, status, version } = operation
    if (unclear.has(cart) || unclear.has(operation.from ?? '')) return false
    // A list shows many carts.
    if (kind === 'list') return !(to >= first && from <= at)
    const lost = carts.get(cart)
    if (lost === undefined || to < lost.since || from > at) return true
    if (status === 'fail') return false
    return version === undefined || version <= lost.kept
  })
  return { kept, unclear: unclear.size }
}

/** Those carts, those without a copy, and all that were merged, directly or not, with a cart of which something is lost, at that time. */
function unclearCarts(
  timed: readonly Timed[],
  { carts, at }: Loss,
  more: ReadonlySet<string>,
): ReadonlySet<string> {
  const lacking = [...carts].filter(([, { kept }]) => kept === 0).map(([key]) => key)
  const unclear = new Set([...more, ...lacking])
  const merges = timed.filter(
    ({ operation: { kind, status } }) => kind === 'merge' && status !== 'fail',
  )
  const touches = ({ operation, to, from }: Timed, key: string) => {
    const lost = carts.get(key)
    return (
      (operation.cart === key || operation.from === key) &&
      lost !== undefined &&
      to >= lost.since &&
      from <= at
    )
  }
  const add = (operation: Operation) => {
    unclear.add(operation.cart)
    if (operation.from !== undefined) unclear.add(operation.from)
  }
  for (const merge of merges)
    for (const key of [merge.operation.cart, merge.operation.from ?? ''])
      if (touches(merge, key)) add(merge.operation)
  for (let size = -1; size !== unclear.size; ) {
    size = unclear.size
    for (const { operation } of merges)
      if (unclear.has(operation.cart) || unclear.has(operation.from ?? '')) add(operation)
  }
  return unclear
}
