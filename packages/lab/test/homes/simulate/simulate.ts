import type { History } from '@pushcart/histories'
import { type HomeMap, PAUSED } from '../../../../service/src/cart/homes.ts'
import { type Clients, openClients } from './clients.ts'
import { type Loss, lossOf, withoutLoss } from './loss.ts'
import { type Instance, openInstance, type Requests } from './service.ts'
import { simulateTime } from './time.ts'
import { openWorld, type Region, type World } from './world.ts'

/**
 * What happens to the regions while clients shop:
 *
 * - `steady`: nothing but faults of the network between them
 * - `planned`: the carts of `us` get `eu` as their home, in three steps
 * - `takeover`: `us` is cut off, goes on for a while and is stopped; `eu` takes over its carts
 * - `return`: as `takeover`, and then `us` comes back with its old map, and later gets the new one
 */
export type Story = 'steady' | 'planned' | 'takeover' | 'return'

/** Deliberate mistakes, each of which the checks must find. */
export type Mistake =
  /** Carts have no homes. */
  | 'no homes'
  /** Planned: the new map without the step that pauses. */
  | 'not paused'
  /** Planned: the new map before the copies have arrived. */
  | 'copies not awaited'
  /** Takeover: the region that was cut off goes on. */
  | 'not stopped'
  /** Return: the instances do not compare their maps. */
  | 'not compared'

export interface Simulation {
  readonly seed: number
  readonly story?: Story
  readonly requests?: Requests
  readonly mistake?: Mistake | undefined
}

export interface Simulated {
  /** Without what was lost. */
  readonly history: History
  readonly loss: Loss | undefined
  /** Carts of which the history says nothing, because parts of them are lost. */
  readonly unclear: number
  /** Keys whose items differ between the regions when all copies have arrived. */
  readonly differing: readonly string[]
}

const NAMES = ['us', 'eu'] as const
const FIRST: HomeMap = { version: 1, homes: { us: 'us', eu: 'eu' } }
const PAUSING: HomeMap = { version: 2, homes: { us: PAUSED, eu: 'eu' } }
const TAKEN_OVER: HomeMap = { version: 3, homes: { us: 'eu', eu: 'eu' } }
const INSTANCES = 2
/** Simulated milliseconds of shopping before and after what happens. */
const BEFORE_MS = 2500
const AFTER_MS = 2500
const COMPARE_MS = 60

/** The history of a global table in two regions with two instances of the service in each, from a seed alone. */
export async function simulate(simulation: Simulation): Promise<Simulated> {
  const { seed, story = 'steady', requests = 'proxy', mistake } = simulation
  const world = await openWorld(seed, NAMES)
  using _time = simulateTime(world.scheduler, seed)
  const instances = openInstances(world, requests, mistake === 'no homes' ? undefined : FIRST)
  const serving = new Set(instances)
  const clients = openClients(seed, world, () => [...serving])
  const play = { world, instances, serving, clients, mistake, loss: undefined as Loss | undefined }
  const watching = story === 'return' && mistake !== 'not compared'
  const stopWatching = watching ? watch(world, instances) : () => {}

  async function direct(): Promise<void> {
    world.hasFaults = story === 'steady' && mistake === undefined
    const shopping = clients.run()
    await world.scheduler.turn(BEFORE_MS)
    await STORIES[story](play)
    await world.scheduler.turn(AFTER_MS)
    clients.stop()
    await shopping
    world.hasFaults = false
    await settled(world)
    await clients.finalReads([...serving].at(-1) as Instance)
    stopWatching()
  }
  await world.scheduler.run(direct())
  const { loss } = play
  const { kept, unclear } = withoutLoss(world, clients.timed, loss)
  const operations = kept.map(({ operation }) => operation)
  const history: History = {
    header: {
      format: 'pushcart-history',
      format_version: 1,
      seed,
      service: { name: 'a simulated global table', versions: true, keys: true },
      faults: [],
    },
    operations: operations.sort((a, b) => a.call - b.call),
  }
  return { history, loss, unclear, differing: await differing(world) }
}

interface Play {
  readonly world: World
  readonly instances: readonly Instance[]
  /** Those that clients reach. */
  readonly serving: Set<Instance>
  readonly clients: Clients
  readonly mistake: Mistake | undefined
  loss: Loss | undefined
}

const STORIES: Readonly<Record<Story, (play: Play) => Promise<void>>> = {
  async steady({ world }) {
    await world.scheduler.turn(2000)
  },

  async planned({ world, instances, mistake }) {
    const [us] = world.regions
    world.stall(5000)
    if (mistake !== 'not paused') {
      await roll(world, instances, PAUSING)
      if (mistake !== 'copies not awaited')
        while (world.copiesUnderWay(us as Region) > 0) await world.scheduler.turn(100)
    }
    await roll(world, instances, TAKEN_OVER)
  },

  takeover: (play) => takeOver(play),

  async return(play) {
    const { world, instances, serving } = play
    await takeOver(play)
    await world.scheduler.turn(1500)
    const us = instances.filter(({ region }) => region.name === 'us')
    world.join()
    for (const instance of us) instance.restart(FIRST)
    // At its start each compares its map, if they do.
    if (play.mistake !== 'not compared')
      for (const instance of us) for (const other of instances) await instance.compare(other)
    for (const instance of us) serving.add(instance)
    await world.scheduler.turn(1500)
    await roll(world, us, TAKEN_OVER)
  },
}

async function takeOver(play: Play): Promise<void> {
  const { world, instances, serving, mistake } = play
  const [us, eu] = NAMES.map((name) => instances.filter(({ region }) => region.name === name))
  world.cut()
  await world.scheduler.turn(world.scheduler.random.integer(0, 1000))
  if (mistake !== 'not stopped')
    for (const instance of us ?? []) {
      serving.delete(instance)
      instance.stop()
    }
  // What is still on its way to the table of `us` arrives there.
  await world.scheduler.turn(50)
  play.loss = await lossOf(world, 'us', 'eu')
  await roll(world, eu ?? [], TAKEN_OVER)
  if (mistake === 'not stopped') {
    await world.scheduler.turn(1500)
    world.join()
  }
}

/** Gives all instances that map, one after the other. */
async function roll({ scheduler }: World, instances: readonly Instance[], map: HomeMap) {
  for (const instance of instances) {
    await scheduler.turn(scheduler.random.integer(20, 200))
    instance.restart(map)
  }
  // The calls of the tasks before end.
  await scheduler.turn(1000)
}

/** Until all copies have arrived, if they can. */
async function settled(world: World): Promise<void> {
  if (world.isCut()) return
  while (world.regions.some((region) => world.copiesUnderWay(region) > 0))
    await world.scheduler.turn(100)
}

function watch({ scheduler }: World, instances: readonly Instance[]): () => void {
  let isOver = false
  async function each(instance: Instance): Promise<void> {
    while (!isOver) {
      await scheduler.turn(COMPARE_MS)
      for (const other of instances)
        if (other.region !== instance.region) await instance.compare(other)
    }
  }
  for (const instance of instances) void each(instance)
  return () => {
    isOver = true
  }
}

function openInstances(world: World, requests: Requests, map: HomeMap | undefined): Instance[] {
  const instances: Instance[] = []
  const peers = (name: string) => instances.filter(({ region }) => region.name === name)
  for (const region of world.regions)
    for (let i = 0; i < INSTANCES; i++)
      instances.push(
        openInstance(world, { name: `${region.name}${i}`, region, map, requests, peers }),
      )
  return instances
}

/** Keys whose items are not the same in all regions. */
async function differing({ regions, writes }: World): Promise<string[]> {
  const keys = [...new Set(writes.map(({ key }) => key))]
  const found: string[] = []
  for (const key of keys) {
    const items = await Promise.all(regions.map(({ table }) => table.read(key)))
    if (new Set(items.map((item) => JSON.stringify(item))).size > 1) found.push(key)
  }
  return found
}
