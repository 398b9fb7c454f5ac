import type { HistoryHeader, Operation } from '@pushcart/histories'
import { productsOf } from '../../cart-api/access.ts'
import { LabError } from '../../errors/lab-error.ts'
import type { Prices } from '../../model/cost/prices.ts'
import { MOVING_SIZE, type MovingSize, openMoveShow } from '../moving/move-show.ts'
import { MOVING_KEY, openMovingShop } from '../moving/moving-shop.ts'
import type {
  Actions,
  Click,
  ClickResult,
  FindingEvent,
  Frame,
  Hello,
  MoveFrame,
  PageCost,
  SideFrame,
} from '../protocol.ts'
import { FRAME_MS } from '../protocol.ts'
import { startChecker } from '../shopping/checker.ts'
import { DEFAULT_MIX, LIVE_MIXES } from '../shopping/mixes.ts'
import { faultInfos } from '../sides/fault-list.ts'
import type { LiveSide } from '../sides/side.ts'
import { type Actor, openActor, openClient } from './actor.ts'
import { clickSide } from './click.ts'
import { openPageCost } from './page-cost.ts'
import { productNames } from './products.ts'
import { type UseWatch, type Watched, watchUse } from './use.ts'

/** The running show: both sides with their shoppers, the checker, and what the page is sent. */
export interface Stage extends AsyncDisposable {
  hello(): Hello
  click(click: Click): Promise<Record<string, ClickResult>>
  load(shoppers: number, mix: string): number
  fault(fault: string, side: string, on: boolean): Promise<boolean>
  /** @throws LabError when it cannot be done */
  move(action: Actions['move']['request']['action']): Promise<void>
  /** Called with each frame and finding. */
  subscribe(listener: StageListener): () => void
  /** When the page's server started, milliseconds since the epoch. */
  readonly startedAt: number
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
  /** Of the shop whose carts move. */
  readonly moving?: MovingSize
}

export const MAX_SHOPPERS = 2000
const USE_MS = 1000
const KEPT_FINDINGS = 50
/** A broken service would violate guarantees with every cart. */
const FINDING_PAUSE_MS = 1000

/** A side on the stage, with its latest resources. */
interface Player {
  readonly actor: Actor
  readonly side: LiveSide
  readonly watch: UseWatch
  latest: Watched
}

/** @throws UnusableService when a side is no cart service */
export async function openStage({
  sides,
  prices,
  seed,
  started,
  moving: size = MOVING_SIZE,
}: StageOptions): Promise<Stage> {
  const stack = new AsyncDisposableStack()
  const listeners = new Set<StageListener>()
  const findings: FindingEvent[] = []
  const now = () => Number(process.hrtime.bigint() - started)
  const at = () => Math.round(now() / 1e6)
  let shoppers = 0
  let mix = DEFAULT_MIX
  let cost: PageCost | null = null
  const costOf = openPageCost(() => sides.flatMap(({ own }) => own?.sparePid() ?? []))

  const lastFindings = new Map<string, number>()
  const checker = stack.use(
    startChecker(({ side, findings: found }) => {
      if (at() - (lastFindings.get(side) ?? Number.NEGATIVE_INFINITY) < FINDING_PAUSE_MS) return
      lastFindings.set(side, at())
      for (const one of found) {
        const finding = { ...one, at: at(), side }
        findings.push(finding)
        if (findings.length > KEPT_FINDINGS) findings.shift()
        for (const listener of listeners) listener.finding(finding)
      }
    }),
  )

  /** All operations of a finished cart go to the checker, and to who records. */
  const onCart = (key: string) => (header: HistoryHeader, operations: readonly Operation[]) => {
    checker.check(key, header, operations)
    for (const listener of listeners) listener.cart(key, header, operations)
  }

  async function play(side: LiveSide, place: number): Promise<Player> {
    const actor = stack.use(
      await openActor({ side, place, seed, started, onCart: onCart(side.info.key) }),
    )
    const watch = stack.use(watchUse(side, prices))
    return { actor, side, watch, latest: { responds: true, use: null } }
  }

  const [postgres, dynamodb] = ['postgres', 'dynamodb'].map(
    (store) => sides.find(({ info }) => info.store === store)?.own?.settings,
  )
  const moving =
    postgres === undefined || dynamodb === undefined
      ? undefined
      : stack.use(
          openMoveShow({
            size,
            open: () => openMovingShop({ postgres, dynamodb }),
            enter: ({ side }) =>
              openActor({ side, place: sides.length, seed, started, onCart: onCart(MOVING_KEY) }),
          }),
        )

  let players: Player[] = []
  try {
    players = await Promise.all(sides.map(play))
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }

  function frameOf({ side, actor, latest }: Player): SideFrame {
    return {
      shoppers,
      mix,
      ...actor.takeTally(),
      faults: side.own?.on() ?? [],
      up: side.own?.isUp() ?? true,
      ...latest,
      check: checker.totals(side.info.key),
    }
  }

  function moveFrame(): MoveFrame | null {
    const frame = moving?.frame() ?? null
    return frame && { ...frame, check: checker.totals(MOVING_KEY) }
  }

  const framing = setInterval(() => {
    const sidesNow = players.map((player) => [player.side.info.key, frameOf(player)] as const)
    const frame: Frame = {
      at: at(),
      sides: Object.fromEntries(sidesNow),
      cost,
      move: moveFrame(),
    }
    for (const listener of listeners) listener.frame(frame)
  }, FRAME_MS)
  stack.defer(() => clearInterval(framing))

  async function watch(): Promise<void> {
    await Promise.all([
      moving?.watch(),
      ...players.map(async (player) => {
        player.latest = await player.watch.look()
      }),
    ])
    const cores = players.map(
      ({ latest: { use } }) => (use?.service_cpu ?? 0) + (use?.database_cpu ?? 0),
    )
    const now = await costOf(cores.reduce((sum, one) => sum + one, 0))
    // For a second after shoppers went to another instance, its use is not known.
    if (players.every(({ latest }) => latest.use !== null)) cost = now
  }

  let watching: Promise<void> | undefined
  const look = () => {
    // A service that does not respond makes a look longer than the interval.
    watching ??= watch()
      .catch(() => {})
      .finally(() => {
        watching = undefined
      })
  }
  look()
  const using = setInterval(look, USE_MS)
  stack.defer(async () => {
    clearInterval(using)
    await watching
  })

  return {
    hello: () => ({
      kind: 'live',
      run: String(started),
      sides: players.map(({ side, actor }) => ({
        ...side.info,
        abilities: actor.abilities.kinds,
      })),
      move: moving === undefined ? null : size,
      faults: faultInfos(sides),
      products: productNames(sides.map(({ access }) => productsOf(access))),
      max_shoppers: MAX_SHOPPERS,
      mixes: Object.keys(LIVE_MIXES),
      prices: `${prices.label}; collected ${prices.collected}, ${prices.region}`,
      length_ms: null,
      findings,
    }),
    async click(click) {
      const results = await Promise.all(
        players.map(
          async ({ side, actor }) =>
            [side.info.key, await clickSide(side, actor.client, click)] as const,
        ),
      )
      return Object.fromEntries(results)
    },
    load(wanted, wantedMix) {
      shoppers = Math.max(0, Math.min(MAX_SHOPPERS, Math.round(wanted)))
      mix = wantedMix
      for (const { actor } of players) actor.shoppers.set(shoppers, mix)
      return shoppers
    },
    async fault(fault, key, on) {
      const player = players.find(({ side }) => side.info.key === key)
      if (player?.side.own === undefined) return false
      const { side, actor } = player
      const before = { url: side.url(), clickUrl: side.clickUrl() }
      await side.own?.turn(fault, on)
      actor.shoppers.during(side.own?.on() ?? [])
      if (side.url() !== before.url) actor.shoppers.goTo(side.url())
      if (side.clickUrl() !== before.clickUrl) {
        const old = actor.client
        actor.client = openClient(side)
        await old.close()
      }
      return on
    },
    async move(action) {
      if (moving === undefined) throw new LabError('carts move between embedded databases only')
      await moving.act(action)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    startedAt: Date.now() - now() / 1e6,
    failed: Promise.race([checker.failed, ...players.map(({ actor }) => actor.shoppers.failed)]),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
