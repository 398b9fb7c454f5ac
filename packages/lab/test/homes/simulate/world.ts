import { type Item, textIn } from '../../../../service/src/store/dynamodb/attributes.ts'
import { DynamoFailure } from '../../../../service/src/store/dynamodb/failure.ts'
import type { Operations, Transport } from '../../../../service/src/store/dynamodb/transport.ts'
import { openScheduler, type Scheduler } from '../../move/simulate/scheduler.ts'
import { openTable, type Table } from './table.ts'

/** A request to another region is given up after this time, milliseconds. */
export const TIMEOUT_MS = 500
/** The slowest copy while the regions are connected, milliseconds. */
export const SLOWEST_COPY_MS = 3000

/** One region of a global table. */
export interface Region {
  readonly name: string
  readonly table: Table
  /** When the version of an item that the region has was written; by key. */
  readonly written: Map<string, number>
}

/** A write of an item in one region, which is copied to the others. */
export interface Write {
  readonly region: string
  readonly key: string
  readonly version: number
  /** Simulated milliseconds. */
  readonly at: number
}

/** What a request to another region met with. */
export type Crossing<T> =
  | { readonly met: 'answer'; readonly value: T }
  /** Nothing was sent. */
  | { readonly met: 'refusal' }
  /** It may be executed, now or later. */
  | { readonly met: 'silence' }

export interface World {
  readonly scheduler: Scheduler
  readonly regions: readonly Region[]
  readonly writes: readonly Write[]
  /** Copies that have replaced what a region had, in the order of their arrival. */
  readonly arrivals: readonly { readonly to: string; readonly key: string; readonly at: number }[]
  /** The number of copies of writes in that region that have not arrived. */
  copiesUnderWay(from: Region): number
  /** Copies arrive that much later than they otherwise would, milliseconds, from now on until that much later. */
  stall(ms: number): void
  /** No request, response or copy passes between the regions any more, until `join`; copies then arrive. */
  cut(): void
  isCut(): boolean
  join(): void
  /** Whether the network between the regions has faults by now. */
  hasFaults: boolean
  /** Sends something to another region. `repeatable`: it may be delivered and executed a second time. */
  across<T>(
    run: () => Promise<T>,
    options?: { readonly repeatable?: boolean },
  ): Promise<Crossing<T>>
  /** How a task in region `from` reaches the table in region `to`. */
  transport(from: Region, to: Region): Transport
}

interface Stamped {
  readonly key: string
  /** Later writes have higher ones. */
  readonly at: number
}

const CHANGES = new Set<keyof Operations>(['PutItem', 'UpdateItem'])

type State = 'good' | 'slow' | 'flaky' | 'down'
/** What the network between the regions is like, for a while. */
const STATES: readonly State[] = [...Array<State>(7).fill('good'), 'slow', 'flaky', 'down']

/**
 * The regions of a simulated global table. Each write is copied to every other region later, and in any order; a region keeps the version
 * that was written last.
 */
export async function openWorld(seed: number, names: readonly string[]): Promise<World> {
  const scheduler = openScheduler(seed)
  const { random, turn } = scheduler
  const regions: Region[] = []
  for (const name of names) regions.push({ name, table: await openTable(), written: new Map() })
  const writes: Write[] = []
  const arrivals: { to: string; key: string; at: number }[] = []
  const underWay = new Map<Region, number>()
  let [stamp, stalledUntil, isCut] = [0, 0, false]
  let state: State = 'good'
  let changesAt = 0

  function copyMs(): number {
    const share = random.fraction()
    if (share < 0.8) return random.integer(20, 200)
    return share < 0.95 ? random.integer(200, 800) : random.integer(800, SLOWEST_COPY_MS)
  }

  async function copy(from: Region, to: Region, item: Item, { key, at }: Stamped) {
    const count = (by: number) => underWay.set(from, (underWay.get(from) ?? 0) + by)
    count(1)
    await turn(copyMs() + Math.max(0, stalledUntil - scheduler.now()))
    while (isCut) await turn(50)
    if ((to.written.get(key) ?? -1) < at) {
      to.written.set(key, at)
      arrivals.push({ to: to.name, key, at: scheduler.now() })
      await scheduler.outside(to.table.put(item))
    }
    count(-1)
  }

  /** Executes a request and notes its write, in one step. */
  async function execute<O extends keyof Operations>(
    region: Region,
    operation: O,
    input: Operations[O]['input'],
  ): Promise<Operations[O]['output']> {
    const output = await region.table.execute(operation, input)
    if (!CHANGES.has(operation)) return output
    const { Key, Item: put } = input as { Key?: Item; Item?: Item }
    const key = textIn(Key ?? put ?? {}, 'cart_id')
    const item = await region.table.read(key)
    if (item === undefined) throw new Error('a write that left no item')
    const at = ++stamp
    region.written.set(key, at)
    const version = Number(item.version?.N ?? 0)
    writes.push({ region: region.name, key, version, at: scheduler.now() })
    for (const other of regions) if (other !== region) void copy(region, other, item, { key, at })
    return output
  }

  function stateNow(): State {
    if (!world.hasFaults) return 'good'
    if (scheduler.now() >= changesAt) {
      state = STATES[random.integer(0, STATES.length - 1)] ?? 'good'
      changesAt = scheduler.now() + random.integer(150, 900)
    }
    return state
  }

  const delayMs = () =>
    stateNow() === 'slow' ? random.integer(100, 2 * TIMEOUT_MS) : random.integer(5, 25)

  /** The way there and back; `undefined` if nothing comes back. */
  async function deliver<T>(
    run: () => Promise<T>,
    repeatable: boolean,
  ): Promise<(() => T) | undefined> {
    const fate = stateNow() === 'flaky' ? random.fraction() : 1
    await turn(delayMs())
    if (fate < 0.2 || isCut) return undefined
    // Something in between has lost the first response, and repeats the request.
    if (repeatable && fate < 0.4) await run().catch(() => {})
    const answer = await run().then(
      (value) => () => value,
      (error) => () => {
        throw error
      },
    )
    await turn(delayMs())
    return isCut || (fate > 0.4 && fate < 0.6) ? undefined : answer
  }

  const SILENCE = { met: 'silence' } as const
  const world: World = {
    scheduler,
    regions,
    writes,
    arrivals,
    copiesUnderWay: (from) => underWay.get(from) ?? 0,
    stall(ms) {
      stalledUntil = scheduler.now() + ms
    },
    hasFaults: false,
    cut() {
      isCut = true
    },
    isCut: () => isCut,
    join() {
      isCut = false
    },
    async across(run, { repeatable = false } = {}) {
      const isDown = !isCut && stateNow() === 'down'
      if (isDown && random.fraction() < 0.5) {
        await turn(1)
        return { met: 'refusal' }
      }
      const late = turn(TIMEOUT_MS).then(() => undefined)
      const answer = await (isDown
        ? late
        : Promise.race([deliver(run, repeatable).then((got) => got ?? late), late]))
      return answer === undefined ? SILENCE : { met: 'answer', value: answer() }
    },
    transport(from, to) {
      const here = async (run: () => Promise<unknown>) => {
        await turn(random.integer(0, 3))
        const answer = await run().then(
          (value) => () => value,
          (error) => () => {
            throw error
          },
        )
        await turn(random.integer(0, 3))
        return answer()
      }
      const there = async (run: () => Promise<unknown>) => {
        const crossing = await world.across(run)
        if (crossing.met === 'answer') return crossing.value
        if (crossing.met === 'silence') throw DynamoFailure.noResponse(TIMEOUT_MS)
        throw new DynamoFailure('refused', { name: 'Error', code: 'ECONNREFUSED', sent: false })
      }
      const send = from === to ? here : there
      return {
        request: async (operation, input) =>
          (await send(() => scheduler.outside(execute(to, operation, input)))) as never,
        use: () => ({ active: 0, idle: 0, waiting: 0, limit: 0 }),
        date: () => undefined,
        destroy: async () => {},
      }
    },
  }
  return world
}
