import type { CartState } from '../../../src/cart/rules.ts'
import { namesOf, requireHome, stepsOf, Violation } from './programs.ts'
import {
  END,
  execute,
  isSecondLife,
  lifeOf,
  type Process,
  type Protocol,
  recovered,
  type World,
} from './world.ts'

export interface Explored {
  /** Number of different states. */
  readonly states: number
  /** Number of steps from one state to another. */
  readonly steps: number
  /** Number of states in which no process can do anything. */
  readonly ends: number
  /** The first violation that was found, with the steps that lead to it. */
  readonly violation: string | undefined
}

/** Bound that says when a scenario is too large for a test; no exploration is ever cut off silently. */
const MAX_STATES = 1_000_000

/**
 * Visits every state that the processes can reach in any interleaving. A crash needs no step of its own: in every state the
 * check also asks what would be left if all processes stopped there, and a process that never gets another turn has crashed.
 */
export function explore(protocol: Protocol, start: World): Explored {
  const known = new Set<string>()
  const identities = openIdentities()
  const carts = new Map<string, CartState | undefined>()
  const open: World[] = [start]
  let steps = 0
  let ends = 0
  const result = (violation?: string) => ({ states: known.size, steps, ends, violation })
  const recoveredOnce = (world: World) => {
    const id = `${identities.pair(world)} ${world.now}`
    if (!carts.has(id)) carts.set(id, recovered(protocol, world))
    return carts.get(id)
  }
  const isNew = (world: World) => {
    const { size } = known
    return known.add(identities.world(world)).size > size
  }
  isNew(start)
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    if (known.size > MAX_STATES) throw new Error('the scenario has too many states')
    try {
      requireNothingLost(world, recoveredOnce(world))
      const next = successors(protocol, world)
      if (next.length === 0) ends += 1
      steps += next.length
      open.push(...next.filter(isNew))
    } catch (error) {
      if (error instanceof Violation) return result(error.message)
      throw error
    }
  }
  return result()
}

function successors(protocol: Protocol, world: World): World[] {
  const next = world.processes.flatMap((self, index) => stepsOf({ protocol, world, self, index }))
  world.late.forEach((write, i) => {
    const { record, outcome } = execute(protocol, world, write)
    requireHome(world, write, outcome)
    const records = record === undefined ? world.records : { ...world.records, [write.at]: record }
    next.push({ ...world, records, late: world.late.toSpliced(i, 1) })
  })
  return next
}

/** @param cart the cart that would be left if everybody stopped now */
function requireNothingLost(world: World, cart: CartState | undefined): void {
  const names = namesOf(world)
  if (cart === undefined) {
    if (names.length > 0) throw new Violation('an acknowledged cart is gone')
    return
  }
  if (isSecondLife(world) && cart.createdAt < END) throw new Violation('an expired cart came back')
  for (const { productId, quantity } of cart.lines)
    if (quantity !== 1) throw new Violation(`the add ${productId} was made ${quantity} times`)
  if (cart.version !== cart.lines.length + 1)
    throw new Violation(`${cart.lines.length} adds made version ${cart.version}`)
  for (const name of names)
    if (!cart.lines.some(({ productId }) => productId === name))
      throw new Violation(`the acknowledged add ${name} is lost`)
  const versions = names.map((name) => world.acknowledged[lifeOf(world) + name])
  if (new Set(versions).size !== versions.length)
    throw new Violation('two adds were acknowledged with the same version')
}

/**
 * Short texts for states: equal states have equal texts. States share most of their parts, so nearly every part is found by
 * its object.
 */
function openIdentities() {
  const byObject = new WeakMap<object, string>()
  const byText = new Map<string, string>()

  function known(part: object | undefined, textOf: () => string): string {
    if (part === undefined) return ''
    const found = byObject.get(part)
    if (found !== undefined) return found
    const text = textOf()
    const identity = byText.get(text) ?? byText.size.toString(36)
    byText.set(text, identity)
    byObject.set(part, identity)
    return identity
  }
  const plain = (part: object | undefined) => known(part, () => JSON.stringify(part))
  const ofProcess = (process: Process) =>
    known(process, () => {
      const { source, destination, ...rest } = process
      return `${Object.values(rest).join()}/${plain(source)}/${plain(destination)}`
    })
  const pair = ({ records }: World) => `${plain(records.source)},${plain(records.destination)}`
  return {
    pair,
    /** Processes and late requests have no order. */
    world(world: World): string {
      const { processes, late, acknowledged, now, faults } = world
      const running = processes.map(ofProcess).sort().join()
      const onTheWay = late.length === 0 ? '' : late.map(plain).sort().join()
      return `${pair(world)} ${running} ${onTheWay} ${plain(acknowledged)} ${now} ${faults}`
    },
  }
}
