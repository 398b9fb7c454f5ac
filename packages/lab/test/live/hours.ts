import type { HistoryHeader, Operation } from '@pushcart/histories'
import { FRAME_MS, type Frame, type Hello, type SideFrame } from '../../src/live/protocol.ts'
import type { StageListener } from '../../src/live/server/stage.ts'
import { NOTHING_CHECKED } from '../../src/live/shopping/check-cart.ts'

/** A stage that plays hours in virtual time: what the page's server keeps of them must not grow. */
export interface VirtualStage {
  readonly startedAt: number
  hello(): Hello
  subscribe(listener: StageListener): () => void
  /** Plays everything that happens in this time. */
  play(hours: number): void
}

export interface VirtualOptions {
  /** Shoppers of each side finish a cart once in so many frames. */
  readonly framesPerCart: number
  /** Buckets of a frame that have samples. */
  readonly buckets: number
}

const SIDES = ['postgres', 'dynamodb', 'moving']
const OPERATIONS = 20

/** Every side violates a guarantee each second. */
export function virtualStage({ framesPerCart, buckets }: VirtualOptions): VirtualStage {
  const listeners = new Set<StageListener>()
  let number = 0
  let cart = 0

  function tell(listener: StageListener, at: number): void {
    for (const side of SIDES) {
      if ((at / FRAME_MS) % framesPerCart === 0)
        listener.cart(side, headerOf(side), operationsOf(cart++, at))
      if (at % 1000 === 0) listener.finding({ ...FINDING, at, side })
    }
    listener.frame(frameAt(at, buckets))
  }

  return {
    startedAt: 0,
    hello: () => HELLO,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    play(hours) {
      const frames = (hours * 3600 * 1000) / FRAME_MS
      for (let frame = 0; frame < frames; frame++) {
        const at = number++ * FRAME_MS
        for (const listener of listeners) tell(listener, at)
      }
    },
  }
}

function frameAt(at: number, buckets: number): Frame {
  const latency = Array.from({ length: buckets }, (_, bucket) => [bucket, 1 + (at % 97)] as const)
  const side: SideFrame = {
    ok: 500,
    refused: 3,
    unknown: 0,
    latency,
    errors: { CONDITION_FAILED: 3 },
    shoppers: 2000,
    mix: 'shopping',
    faults: [],
    up: true,
    responds: true,
    use: {
      service_cpu: 0.4123456789 + at,
      database_cpu: 0.3123456789 + at,
      service_memory: 150_000_000 + at,
      database_memory: 250_000_000 + at,
      connections: 10,
      read_units: 1234.5 + at,
      write_units: 567.8 + at,
      bill: { usd_per_month: 123.45 + at, basis: 'on-demand requests' },
    },
    check: { ...NOTHING_CHECKED, carts: at },
  }
  return {
    at,
    sides: Object.fromEntries(SIDES.map((name) => [name, side])),
    cost: null,
    move: null,
  }
}

function operationsOf(cart: number, at: number): Operation[] {
  return Array.from({ length: OPERATIONS }, (_, id) => ({
    id,
    session: `s${id % 3}`,
    process: 'i0',
    kind: 'get',
    cart: `00000000-0000-7000-8000-${String(cart).padStart(12, '0')}`,
    intended: at * 1e6 + id,
    call: at * 1e6 + id,
    return: at * 1e6 + id + 2_000_000,
    status: 'ok',
    read: 'strong',
    version: id + 1,
    cart_status: 'active',
    lines: Array.from({ length: 4 }, (_, product) => [String(product), id + 1] as const),
    faults: [],
  }))
}

const headerOf = (name: string): HistoryHeader => ({
  format: 'pushcart-history',
  format_version: 1,
  seed: 1,
  service: { name, versions: true, keys: true },
  faults: [],
})

const FINDING = {
  title: 'Lost update',
  message: 'An acknowledged add is missing.',
  effect: 'The shopper misses an item.',
  promised: true,
  lines: Array.from({ length: 4 }, (_, line) => `operation ${line}`),
  svg: `<svg>${'<text>operation</text>'.repeat(200)}</svg>`,
}

const HELLO: Hello = {
  kind: 'live',
  run: '1',
  sides: [],
  faults: [],
  products: [],
  move: null,
  max_shoppers: 2000,
  mixes: ['shopping'],
  prices: '',
  length_ms: null,
  findings: [],
}
