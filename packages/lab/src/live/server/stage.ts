import type { HistoryHeader, Operation } from '@pushcart/histories'
import { productsOf } from '../../cart-api/access.ts'
import { type CartClient, openCartClient } from '../../cart-api/cart-client.ts'
import { type Abilities, probeAbilities } from '../../consistency/record/abilities.ts'
import type { Prices } from '../../model/cost/prices.ts'
import type {
  Click,
  ClickResult,
  FindingEvent,
  Frame,
  Hello,
  PageCost,
  SideFrame,
  SideUse,
} from '../protocol.ts'
import { FRAME_MS } from '../protocol.ts'
import { startChecker } from '../shopping/checker.ts'
import type { Tally } from '../shopping/messages.ts'
import { DEFAULT_MIX, LIVE_MIXES } from '../shopping/mixes.ts'
import { type Shoppers, startShoppers } from '../shopping/shoppers.ts'
import { faultInfos } from '../sides/fault-list.ts'
import type { LiveSide } from '../sides/side.ts'
import { clickSide } from './click.ts'
import { productNames } from './products.ts'
import { watchUse } from './use.ts'

/** The running show: both sides with their shoppers, the checker, and what the page is sent. */
export interface Stage extends AsyncDisposable {
  hello(): Hello
  click(click: Click): Promise<Record<string, ClickResult>>
  load(shoppers: number, mix: string): number
  fault(fault: string, side: string, on: boolean): Promise<boolean>
  /** Called with each frame and finding. */
  subscribe(listener: StageListener): () => void
  /** Resolves when a thread has died. */
  readonly failed: Promise<Error>
}

export interface StageListener {
  frame(frame: Frame): void
  finding(finding: FindingEvent): void
  /** All operations of a finished cart. */
  cart(side: string, header: HistoryHeader, operations: readonly Operation[]): void
}

export interface StageOptions {
  readonly sides: readonly LiveSide[]
  readonly prices: Prices
  readonly seed: number
  /** `process.hrtime.bigint()` when the page's server started. */
  readonly started: bigint
}

export const MAX_SHOPPERS = 2000
const USE_MS = 1000
const KEPT_FINDINGS = 50
/** A broken service would violate guarantees with every cart. */
const FINDING_PAUSE_MS = 1000
/** The page can send a burst of clicks. */
const CLICK_CONNECTIONS = 24

/** One side while it runs. */
interface Actor {
  readonly side: LiveSide
  readonly abilities: Abilities
  readonly header: HistoryHeader
  readonly shoppers: Shoppers
  readonly use: () => Promise<SideUse | null>
  client: CartClient
  lastUse: SideUse | null
  tally: Tally
  lastFinding: number
}

const EMPTY: Tally = { ok: 0, refused: 0, unknown: 0, latency: [], errors: {} }

/** @throws UnusableService when a side is no cart service */
export async function openStage({ sides, prices, seed, started }: StageOptions): Promise<Stage> {
  const stack = new AsyncDisposableStack()
  const listeners = new Set<StageListener>()
  const findings: FindingEvent[] = []
  const now = () => Number(process.hrtime.bigint() - started)
  const at = () => Math.round(now() / 1e6)
  let shoppers = 0
  let mix = DEFAULT_MIX
  let cost: PageCost | null = null
  let pageCpu = process.cpuUsage()
  let pageAt = performance.now()

  const checker = stack.use(
    startChecker(({ side, findings: found }) => {
      const actor = actors.find((one) => one.side.info.key === side)
      if (actor === undefined || at() - actor.lastFinding < FINDING_PAUSE_MS) return
      actor.lastFinding = at()
      for (const one of found) {
        const finding = { ...one, at: at(), side }
        findings.push(finding)
        if (findings.length > KEPT_FINDINGS) findings.shift()
        for (const listener of listeners) listener.finding(finding)
      }
    }),
  )

  async function act(side: LiveSide, place: number): Promise<Actor> {
    const client = openClient(side)
    stack.defer(() => client.close())
    const customers = 1_000_000 * (place + 1) + Math.floor(Math.random() * 900_000) * 1000
    const abilities = await probeAbilities(client, String(customers))
    const header: HistoryHeader = {
      format: 'pushcart-history',
      format_version: 1,
      seed,
      service: {
        name: `${side.info.label}${side.info.emulator ? ' (emulator)' : ''}`,
        versions: abilities.versions,
        opaque_versions: abilities.opaqueVersions || undefined,
        keys: abilities.keys,
      },
      faults: [],
    }
    const actor: Actor = {
      side,
      abilities,
      header,
      client,
      use: watchUse(side, prices),
      lastUse: null,
      tally: EMPTY,
      lastFinding: Number.NEGATIVE_INFINITY,
      shoppers: stack.use(
        startShoppers({
          side,
          abilities,
          seed,
          started,
          customers,
          onTally(tally) {
            actor.tally = addTallies(actor.tally, tally)
          },
          onCart(operations) {
            checker.check(side.info.key, header, operations)
            for (const listener of listeners) listener.cart(side.info.key, header, operations)
          },
        }),
      ),
    }
    return actor
  }

  let actors: Actor[] = []
  try {
    actors = await Promise.all(sides.map(act))
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }

  function frameOf(actor: Actor): SideFrame {
    const { side, tally } = actor
    actor.tally = EMPTY
    return {
      shoppers,
      mix,
      ...tally,
      faults: side.own?.on() ?? [],
      up: side.own?.isUp() ?? true,
      use: actor.lastUse,
      check: checker.totals(side.info.key),
    }
  }

  const framing = setInterval(() => {
    const sidesNow = actors.map((actor) => [actor.side.info.key, frameOf(actor)] as const)
    const frame: Frame = { at: at(), sides: Object.fromEntries(sidesNow), cost }
    for (const listener of listeners) listener.frame(frame)
  }, FRAME_MS)
  stack.defer(() => clearInterval(framing))

  async function watch(): Promise<void> {
    await Promise.all(
      actors.map(async (actor) => {
        actor.lastUse = await actor.use().catch(() => null)
      }),
    )
    cost = pageCost()
  }

  /** CPU of this process includes its threads: load and checker. */
  function pageCost(): PageCost | null {
    const { user, system } = process.cpuUsage(pageCpu)
    const seconds = (performance.now() - pageAt) / 1000
    pageCpu = process.cpuUsage()
    pageAt = performance.now()
    const { user: threadUser, system: threadSystem } = process.threadCpuUsage(threadCpu)
    threadCpu = process.threadCpuUsage()
    const page_cores = (threadUser + threadSystem) / 1e6 / seconds
    const measured = actors.map(
      ({ lastUse: use }) => (use?.service_cpu ?? 0) + (use?.database_cpu ?? 0),
    )
    return {
      page_cores,
      load_cores: Math.max(0, (user + system) / 1e6 / seconds - page_cores),
      measured_cores: measured.reduce((sum, cores) => sum + cores, 0),
    }
  }
  let threadCpu = process.threadCpuUsage()

  let watching = watch()
  const using = setInterval(() => {
    watching = watching.then(watch, watch)
  }, USE_MS)
  stack.defer(async () => {
    clearInterval(using)
    await watching.catch(() => {})
  })

  return {
    hello: () => ({
      kind: 'live',
      sides: actors.map(({ side, abilities }) => ({ ...side.info, abilities: abilities.kinds })),
      faults: faultInfos(sides),
      products: productNames(productsOf(sides[0]?.access ?? {})),
      max_shoppers: MAX_SHOPPERS,
      mixes: Object.keys(LIVE_MIXES),
      prices: `${prices.label}; collected ${prices.collected}, ${prices.region}`,
      length_ms: null,
      findings,
    }),
    async click(click) {
      const results = await Promise.all(
        actors.map(
          async ({ side, client }) =>
            [side.info.key, await clickSide(side, client, click)] as const,
        ),
      )
      return Object.fromEntries(results)
    },
    load(wanted, wantedMix) {
      shoppers = Math.max(0, Math.min(MAX_SHOPPERS, Math.round(wanted)))
      mix = wantedMix
      for (const actor of actors) actor.shoppers.set(shoppers, mix)
      return shoppers
    },
    async fault(fault, key, on) {
      const actor = actors.find(({ side }) => side.info.key === key)
      if (actor?.side.own === undefined) return false
      const { side, shoppers: shopping } = actor
      const before = side.url()
      await side.own?.turn(fault, on)
      shopping.during(side.own?.on() ?? [])
      if (side.url() !== before) {
        shopping.goTo(side.url())
        const old = actor.client
        actor.client = openClient(side)
        await old.close()
      }
      return on
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    failed: Promise.race([checker.failed, ...actors.map((actor) => actor.shoppers.failed)]),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function openClient(side: LiveSide): CartClient {
  return openCartClient(side.url(), { connections: CLICK_CONNECTIONS, access: side.access })
}

function addTallies(a: Tally, b: Tally): Tally {
  const latency = new Map(a.latency)
  for (const [bucket, count] of b.latency) latency.set(bucket, (latency.get(bucket) ?? 0) + count)
  const errors = { ...a.errors }
  for (const [code, count] of Object.entries(b.errors)) errors[code] = (errors[code] ?? 0) + count
  return {
    ok: a.ok + b.ok,
    refused: a.refused + b.refused,
    unknown: a.unknown + b.unknown,
    latency: [...latency],
    errors,
  }
}
