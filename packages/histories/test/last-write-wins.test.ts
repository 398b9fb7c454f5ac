import { describe, expect, it } from 'vitest'
import { checkHistory, checkHistoryOnAllCores, type History, type Operation } from '../src/index.ts'
import { createRandom } from './support/random.ts'
import { hasOrder } from './support/small-histories/brute-force.ts'

const NEEDED = { coverage: { overlaps: 0, answered: 0, failed: 1 }, shrinkMs: 0 }
const ONLY = { ...NEEDED, guarantees: ['linearizability'] as const }
/** Far below the default: without the rules for sets, a million do not suffice. */
const FEW = { states: 20_000, ms: 600_000 }

interface Wanted {
  readonly sets: number
  readonly reads: number
  /** Maximum time of a set before and after it takes effect, as a share of the history. */
  readonly span: number
  /** Different quantities. */
  readonly values: number
  readonly products: number
  /** How many reads show another value than the cart had. */
  readonly lies?: number
}

/** A history of overlapping sets and of reads, made by choosing when each takes effect. */
function draw(seed: number, wanted: Wanted): History {
  const random = createRandom(seed)
  const TIME = 100_000
  const count = wanted.sets + wanted.reads
  const points = Array.from({ length: count }, (_, at) => 10 + 3 * at)
  const scale = (3 * count) / TIME
  const operations: Operation[] = [operation(0, 0, 1, { kind: 'create', customer: 'u' })]
  const held = new Map<string, number>()
  const isSet = points.map((_, at) => at < wanted.sets)
  for (let at = count - 1; at > 0; at--) {
    const other = random.integer(0, at)
    ;[isSet[at], isSet[other]] = [isSet[other] ?? false, isSet[at] ?? false]
  }
  let lies = wanted.lies ?? 0
  for (const [at, point] of points.entries()) {
    const reach = () =>
      Math.floor(random.integer(0, TIME) * scale * (isSet[at] ? wanted.span : 0.05))
    const [call, end] = [Math.max(2, point - reach()), point + reach() + 1]
    const product = `p${random.integer(1, wanted.products)}`
    const quantity = random.integer(1, wanted.values)
    if (isSet[at]) held.set(product, quantity)
    const isLie = !isSet[at] && lies-- > 0
    const shown = isLie ? new Map([...held, [product, quantity]]) : held
    operations.push(
      operation(
        operations.length,
        call,
        end,
        isSet[at]
          ? { kind: 'set', lines: [[product, quantity]] }
          : { kind: 'get', read: 'strong', lines: [...shown] },
      ),
    )
  }
  const service = { name: 'test', versions: false, keys: false }
  return {
    header: { format: 'pushcart-history', format_version: 1, seed, service, faults: [] },
    operations,
  }
}

function operation(
  id: number,
  call: number,
  end: number,
  more: Pick<Operation, 'kind'> & Partial<Operation>,
): Operation {
  const places = { id, session: `s${id}`, process: 'i0', cart: 'c', intended: call }
  return { ...places, call, return: end, status: 'ok', ...more }
}

describe('overlapping sets of a line', () => {
  it.each([
    { sets: 50, reads: 50, span: 1, values: 1000, products: 1 },
    { sets: 60, reads: 60, span: 1, values: 5, products: 1 },
    { sets: 100, reads: 100, span: 1, values: 9, products: 1 },
    { sets: 60, reads: 200, span: 1, values: 5, products: 1 },
    { sets: 60, reads: 60, span: 0.3, values: 9, products: 2 },
  ])('are decided in a legal history: %j', (wanted) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { verdict } = checkHistory(draw(seed, wanted), { ...ONLY, limits: FEW })
      expect(verdict).toBe('holds')
    }
  })

  it('are decided as trying every order decides', () => {
    const seen = { order: 0, none: 0 }
    for (let seed = 1; seed <= 3000; seed++) {
      const few = { sets: 2 + (seed % 3), reads: 1 + (seed % 4), span: 0.6 }
      const drawn = { ...few, values: 1 + (seed % 3), products: 1 + (seed % 2), lies: seed % 3 }
      const history = draw(seed, drawn)
      const order = hasOrder(history.operations)
      seen[order ? 'order' : 'none']++
      expect(checkHistory(history, ONLY).verdict).toBe(order ? 'holds' : 'violated')
    }
    expect(Math.min(seen.order, seen.none)).toBeGreaterThan(300)
  })
})

describe('the limits of a check', () => {
  it('end the searches of a run after its time', () => {
    const history = draw(1, { sets: 3, reads: 3, span: 1, values: 9, products: 1 })
    const { verdict, findings } = checkHistory(history, { ...ONLY, runMs: 0 })
    expect(verdict).toBe('unknown')
    expect(findings[0]?.reason).toBe('the searches of this run reached their limit (0 s)')
  })

  it('are named', () => {
    const history = draw(1, { sets: 60, reads: 60, span: 1, values: 9, products: 1 })
    const limits = { states: 1, ms: 600_000 }
    const { findings } = checkHistory(history, { ...ONLY, limits })
    expect(findings[0]?.reason).toContain(' s or 1 states for a cart)')
  })

  it('include a signal, which ends a check with what was decided', async () => {
    const history = draw(1, { sets: 60, reads: 60, span: 1, values: 5, products: 1 })
    const whole = await checkHistoryOnAllCores(history, ONLY, {
      signal: new AbortController().signal,
    })
    expect(whole.verdict).toBe('holds')
    const controller = new AbortController()
    const running = checkHistoryOnAllCores(history, ONLY, { signal: controller.signal })
    controller.abort()
    const { verdict, coverage } = await running
    expect(verdict).toBe('proves_nothing')
    expect(coverage.reasons).toContain('interrupted: 1 carts were not checked')
  })
})
