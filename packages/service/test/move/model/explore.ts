import type { CartState } from '../../../src/cart/rules.ts'
import { namesOf, requireHome, stepsOf, Violation } from './programs.ts'
import { type Explored, openIdentities, visitAll } from './visit.ts'
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

/** Visits every state that the processes can reach in any interleaving. */
export function explore(protocol: Protocol, start: World): Explored {
  const identities = openWorldIdentities()
  const carts = new Map<string, CartState | undefined>()
  const recoveredOnce = (world: World) => {
    const id = `${identities.pair(world)} ${world.now}`
    if (!carts.has(id)) carts.set(id, recovered(protocol, world))
    return carts.get(id)
  }
  return visitAll(start, {
    successors: (world) => successors(protocol, world),
    requireInvariants: (world) => requireNothingLost(world, recoveredOnce(world)),
    identityOf: identities.world,
  })
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

function openWorldIdentities() {
  const known = openIdentities()
  const ofProcess = (process: Process) =>
    known(process, () => {
      const { source, destination, ...rest } = process
      return `${Object.values(rest).join()}/${known(source)}/${known(destination)}`
    })
  const pair = ({ records }: World) => `${known(records.source)},${known(records.destination)}`
  return {
    pair,
    /** Processes and late requests have no order. */
    world(world: World): string {
      const { processes, late, acknowledged, now, faults } = world
      const running = processes.map(ofProcess).sort().join()
      const onTheWay =
        late.length === 0
          ? ''
          : late
              .map((write) => known(write))
              .sort()
              .join()
      return `${pair(world)} ${running} ${onTheWay} ${known(acknowledged)} ${now} ${faults}`
    },
  }
}
