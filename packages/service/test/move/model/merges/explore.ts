import type { CartState } from '../../../../src/cart/rules.ts'
import { Violation } from '../programs.ts'
import { type Explored, openIdentities, visitAll } from '../visit.ts'
import { executeLate, stepsOf } from './programs.ts'
import {
  CARTS,
  type CartName,
  FIRST_VERSION,
  type Process,
  type Records,
  recovered,
  type World,
} from './world.ts'

/** Visits every state of two carts, of which one is merged into the other while both move. */
export function exploreMerges(start: World): Explored {
  const known = openIdentities()
  const left = new Map<string, Left>()
  const records = (of: Records) =>
    CARTS.flatMap((cart) => [known(of[cart].source), known(of[cart].destination)]).join()
  const leftOnce = (world: World): Left => {
    const id = records(world.records)
    const found = left.get(id) ?? {
      into: recovered(world.records, 'into'),
      from: recovered(world.records, 'from'),
    }
    left.set(id, found)
    return found
  }
  const ofProcess = (process: Process) => known(process)
  return visitAll(start, {
    successors: (world) => [
      ...world.processes.flatMap((self, index) => stepsOf({ world, self, index })),
      ...world.late.map((write) => executeLate(world, write)),
    ],
    requireInvariants: (world) => requireMerged(world, leftOnce(world)),
    /** Processes and late requests have no order. */
    identityOf: (world) =>
      [
        records(world.records),
        world.processes.map(ofProcess).sort().join(),
        world.late
          .map((write) => known(write))
          .sort()
          .join(),
        known(world.acknowledged),
        world.faults,
      ].join(' '),
  })
}

type Left = Readonly<Record<CartName, CartState | undefined>>

/** @param left the carts that would be left if everybody stopped now */
function requireMerged({ acknowledged }: World, { into, from }: Left): void {
  if (into === undefined || from === undefined) throw new Violation('a cart is gone')
  const names = requireOnce([...into.lines, ...from.lines])
  const isMerged = into.absorbed.length > 0
  if (isMerged && (from.status !== 'merged' || from.lines.length > 0))
    throw new Violation('a cart was merged and yet is not closed')
  for (const change of Object.keys(acknowledged)) {
    const [, name = ''] = change.split(' ')
    if (name === MERGE ? !isMerged : !names.includes(name))
      throw new Violation(`the acknowledged change ${name} is lost`)
  }
  requireVersions(acknowledged, { into, from }, names, isMerged)
}

/** @returns the products of both carts, each of which was added once */
function requireOnce(lines: CartState['lines']): string[] {
  const names = lines.map(({ productId }) => String(productId))
  for (const { productId, quantity } of lines)
    if (quantity !== 1) throw new Violation(`there are ${quantity} units of ${productId}`)
  if (new Set(names).size !== names.length)
    throw new Violation('both carts hold units of one product')
  for (const name of CARTS)
    if (!names.includes(name)) throw new Violation(`the line ${name} is lost`)
  return names
}

/** The name of merges; several of them are copies of one. */
export const MERGE = 'merge'
/** Adds to a cart have names that begin with that of the cart. */
function requireVersions(
  acknowledged: World['acknowledged'],
  carts: Readonly<Record<CartName, CartState>>,
  names: readonly string[],
  isMerged: boolean,
): void {
  for (const cart of CARTS) {
    const adds = names.filter((name) => name.startsWith(`${cart}-`)).length
    const expected = FIRST_VERSION + adds + Number(isMerged)
    if (carts[cart].version !== expected)
      throw new Violation(`${adds} adds and ${Number(isMerged)} merges made another version`)
    const versions = Object.entries(acknowledged).flatMap(([change, version]) =>
      change.startsWith(`${cart} `) ? version : [],
    )
    if (new Set(versions).size !== versions.length)
      throw new Violation('two changes were acknowledged with the same version')
  }
}
