import type { ComparisonParts } from '../../src/results/comparison-file.ts'
import { decodeHistogram } from '../../src/stats/histogram.ts'

type Slot = NonNullable<ComparisonParts['load']>['slots'][number]
type Figures = Map<string, number | null>

/**
 * Every figure that a report can show of a load and of the search for the maximum rate, computed without any code of the
 * report. For confidence intervals, which use random numbers, see `checkIntervals`.
 */
export function recomputeLoad(parts: ComparisonParts): Figures {
  const { environment, load, capacity, growth } = parts
  const figures: Figures = new Map()
  const keys = environment.sides.map(({ key }) => key)
  if (load !== null) {
    const bad = new Set(
      load.slots.flatMap((s) => (s.result.valid && !s.result.partial ? [] : [s.block])),
    )
    const counted = load.slots.filter(({ block }) => !bad.has(block))
    for (const key of keys) {
      const own = counted.filter(({ side }) => side === key)
      addTimes(figures, key, own)
      addResources(figures, key, own)
      addGrowth(figures, key, own, growth)
      const all = load.slots.filter(({ side }) => side === key)
      figures.set(`load.failed.${key}`, total(all.map((s) => s.result.overall.failed)))
      figures.set(`load.count.${key}`, total(all.map((s) => s.result.overall.count)))
    }
    const pairs = keys.slice(1).map((other) => addRatios(figures, keys[0] ?? '', other, counted))
    for (const other of keys.slice(1)) addRatioOfAll(figures, keys[0] ?? '', other, load.slots)
    addTests(figures, new Map(pairs.flatMap((pair) => [...pair])))
    addSmallest(figures, counted)
    for (const [place, { result }] of load.slots.entries()) {
      figures.set(`slot.p50.${place}`, result.overall.response_time.p50)
      figures.set(`slot.p99.${place}`, result.overall.response_time.p99)
      figures.set(`slot.achieved.${place}`, result.achieved_rate)
      figures.set(`slot.failed.${place}`, result.overall.failed)
    }
  }
  addNoise(figures, parts)
  for (const { side, highest, points } of capacity?.sides ?? []) {
    figures.set(`capacity.highest.${side}`, highest)
    for (const [place, point] of points.entries()) {
      const { rate, achieved, p50, p99 } = point
      for (const [name, value] of Object.entries({ rate, achieved, p50, p99 }))
        figures.set(`capacity.${name}.${side}-${place}`, value)
      figures.set(`capacity.errors.${side}-${place}`, 100 * point.error_rate)
    }
  }
  return figures
}

/** Of every figure that an A/A run could have measured, how far its noise reaches on either side of 1. */
function addNoise(figures: Figures, { noise }: ComparisonParts): void {
  if (noise === undefined) return
  for (const group of GROUPS)
    for (const rank of RANKS) {
      const name = `${group}.p${rank}`
      const own = noise.figures.find((figure) => figure.name === name)
      const reach = (value: number) => (value < 1 ? 1 / value : value)
      const floor = own && Math.max(reach(own.ratio), reach(own.low), reach(own.high))
      figures.set(`noise.${name}.ratio.floor`, floor ?? null)
    }
}

const GROUPS = ['create_cart', 'add_items', 'get_cart', 'checkout', 'overall'] as const
const RANKS = [50, 95, 99] as const

function groupOf({ result }: Slot, group: string) {
  return group === 'overall'
    ? result.overall
    : result.operations.find(({ operation }) => operation === group)
}

/** Percentiles of all samples of all histograms, by counting through their buckets. */
function addTimes(figures: Figures, key: string, slots: readonly Slot[]): void {
  for (const group of GROUPS) {
    const buckets = slots.flatMap((slot) => {
      const own = groupOf(slot, group)
      return own === undefined ? [] : bucketsOf(own.histograms.response_time)
    })
    buckets.sort((a, b) => a.us - b.us)
    const all = total(buckets.map(({ count }) => count))
    for (const rank of RANKS) {
      const wanted = Math.max(1, Math.ceil((rank / 100) * all))
      let passed = 0
      const found = buckets.find(({ count }) => {
        passed += count
        return passed >= wanted
      })
      const enough = all >= 10 / (1 - rank / 100) - 1e-6
      figures.set(
        `load.${group}.p${rank}.${key}`,
        found !== undefined && enough ? found.us / 1000 : null,
      )
    }
  }
}

/** Counts of a histogram by bucket. */
interface Counts {
  readonly totalCount: number
  getCountAtIndex(index: number): number
  valueFromIndex(index: number): number
  highestEquivalentValue(value: number): number
}

function bucketsOf(text: string): { us: number; count: number }[] {
  const histogram = decodeHistogram(text) as unknown as Counts
  const buckets: { us: number; count: number }[] = []
  for (let index = 0, seen = 0; seen < histogram.totalCount; index++) {
    const count = histogram.getCountAtIndex(index)
    if (count === 0) continue
    seen += count
    const us = histogram.highestEquivalentValue(histogram.valueFromIndex(index))
    buckets.push({ us, count })
  }
  return buckets
}

/** The ratios of every figure that all blocks have, by name and pair. */
function addRatios(
  figures: Figures,
  a: string,
  b: string,
  slots: readonly Slot[],
): Map<string, readonly number[]> {
  const blocks = [...new Set(slots.map(({ block }) => block))]
  const metrics = new Map<string, readonly number[]>()
  for (const group of GROUPS)
    for (const rank of RANKS) {
      const ratios = blocks.map((block) => {
        const time = (key: string) => {
          const slot = slots.find((s) => s.block === block && s.side === key)
          const times = slot && groupOf(slot, group)?.response_time
          return times?.[`p${rank}`] ?? Number.NaN
        }
        return time(b) / time(a)
      })
      const name = `${group}.p${rank}`
      const measured = ratios.length > 0 && ratios.every((ratio) => ratio > 0)
      if (measured) metrics.set(`${name}.p.${a}:${b}`, ratios)
      else figures.set(`load.${name}.p.${a}:${b}`, null)
      const middle = measured ? middleOf(ratios) : null
      figures.set(`load.${name}.ratio.${a}:${b}`, middle)
      figures.set(`load_turned.${name}.ratio.${a}:${b}`, middle === null ? null : 1 / middle)
    }
  return metrics
}

/** The headline's ratio with the excluded blocks. */
function addRatioOfAll(figures: Figures, a: string, b: string, slots: readonly Slot[]): void {
  const all: Figures = new Map()
  addRatios(all, a, b, slots)
  const gets = all.get(`load.get_cart.p50.ratio.${a}:${b}`)
  const ratio = gets ?? all.get(`load.overall.p50.ratio.${a}:${b}`) ?? null
  figures.set(`load.counting_all.ratio.${a}:${b}`, ratio)
}

/** The headline's figure has half of the weight; the other measurable figures of all pairs share the rest. */
function addSmallest(figures: Figures, slots: readonly Slot[]): void {
  const blocks = new Set(slots.map(({ block }) => block)).size
  const measured = [...figures].filter(
    ([id, value]) => /^load\.\w+\.p\d+\.ratio\./.test(id) && value !== null,
  )
  const others = measured.length - 1
  figures.set('load.smallest_p.primary', Math.min(1, 4 / 2 ** blocks))
  figures.set('load.smallest_p.others', Math.min(1, (4 * others) / 2 ** blocks))
  figures.set('load.smallest_p.beside_primary', Math.min(1, (2 * others) / 2 ** blocks))
}

type SlotRun = Pick<Slot, 'result' | 'watched'>

/** Figures of each rate, and the slope of CPU over the rates at which 95 % of the offered load was achieved. */
function addGrowth(
  figures: Figures,
  key: string,
  blocks: readonly Slot[],
  growth: ComparisonParts['growth'],
): void {
  const others = growth?.sides.find(({ side }) => side === key)?.runs ?? []
  const steps: (readonly SlotRun[])[] = [blocks, ...others.map((run) => [run])]
  steps.sort((a, b) => (a[0]?.result.spec.rate ?? 0) - (b[0]?.result.spec.rate ?? 0))
  const kept = steps.flatMap((runs, place) => {
    const own: Figures = new Map()
    addResources(own, 'x', runs)
    for (const [name, value] of own)
      figures.set(name.replace('resources.', 'growth.').replace(/x$/, `${key}-${place}`), value)
    const alone = runs[0]?.result.overall.response_time
    for (const at of ['p50', 'p99'] as const) {
      const merged = figures.get(`load.overall.${at}.${key}`)
      figures.set(`growth.${at}.${key}-${place}`, (runs === blocks ? merged : alone?.[at]) ?? null)
    }
    const [offered = 0, answered = 0] = ['offered', 'achieved'].map(
      (name) => own.get(`resources.${name}.x`) ?? 0,
    )
    return answered >= 0.95 * offered ? [own] : []
  })
  for (const who of ['service', 'database']) {
    const slope = slopeOf(kept, `resources.${who}_cpu_s_per_operation.x`)
    figures.set(`growth.${who}_cores.${key}`, Number.isFinite(slope) ? 1000 * slope : null)
  }
}

/** Cores per operation per second, by the normal equations. */
function slopeOf(steps: readonly Figures[], cpu: string): number {
  const points = steps.flatMap((step) => {
    const [rate, micros] = [step.get('resources.achieved.x') ?? 0, step.get(cpu) ?? null]
    return micros === null ? [] : [{ rate, cores: (micros * rate) / 1e6 }]
  })
  const n = points.length
  const [x, y] = [total(points.map((p) => p.rate)), total(points.map((p) => p.cores))]
  const xy = total(points.map((p) => p.rate * p.cores))
  const xx = total(points.map((p) => p.rate ** 2))
  return (n * xy - x * y) / (n * xx - x * x)
}

/** The median of logarithms: of an even number the geometric mean of the two middle ones. */
function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y)
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return Math.sqrt(lower * upper)
}

function addResources(figures: Figures, key: string, slots: readonly SlotRun[]): void {
  const field = (name: keyof Slot['watched']) => {
    const values = slots.map(({ watched }) => watched[name])
    return values.length === 0 || values.includes(null) ? null : (values as number[])
  }
  const set = (name: string, value: number | null) => figures.set(`resources.${name}.${key}`, value)
  const ended = total(slots.flatMap(({ result }) => result.series.map((second) => second.ended)))
  for (const [name, scale] of [
    ['service_cpu_s', 1e6],
    ['database_cpu_s', 1e6],
    ['read_units', 1],
    ['write_units', 1],
  ] as const) {
    const used = field(name)
    set(`${name}_per_operation`, used === null ? null : (scale * total(used)) / ended)
  }
  for (const name of [
    'service_memory_bytes',
    'database_memory_bytes',
    'database_disk_bytes',
  ] as const) {
    const held = field(name)
    set(name, held === null ? null : Math.max(...held) / 1024 / 1024)
  }
  const connections = field('connections')
  set('connections', connections === null ? null : Math.max(...connections))
  for (const name of ['store_retries', 'store_throttles'] as const) {
    const values = field(name)
    set(name, values === null ? null : total(values))
  }
  const mean = (rates: (number | null)[]) =>
    rates.includes(null) || rates.length === 0 ? null : total(rates as number[]) / rates.length
  set('offered', mean(slots.map(({ result }) => result.offered_rate)))
  set('achieved', mean(slots.map(({ result }) => result.achieved_rate)))
  const good = total(slots.map(({ result }) => result.overall.succeeded))
  const all = total(slots.map(({ result }) => result.overall.count))
  set('success', all === 0 ? null : (100 * good) / all)
  figures.set(`load.error_rate.${key}`, all === 0 ? null : (100 * (all - good)) / all)
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/**
 * p-values after Holm's correction over all pairs, by looking at every sign assignment of every metric. The first pair's
 * median of the gets (of all, without gets) weighs as much as all the others.
 */
function addTests(figures: Figures, metrics: ReadonlyMap<string, readonly number[]>) {
  const names = [...metrics.keys()]
  const [first = ''] = [...figures.keys()].filter((name) => /^load\..*\.ratio\./.test(name))
  const pair = first.split('.').at(-1)
  const gets = [...figures.keys()].some((name) => name.startsWith('load.get_cart.p50'))
  const headline = `${gets ? 'get_cart' : 'overall'}.p50.p.${pair}`
  const tested = names.map((name) => {
    const logs = (metrics.get(name) ?? []).map(Math.log)
    const observed = Math.abs(total(logs))
    const all = 2 ** logs.length
    let far = 0
    for (let signs = 0; signs < all; signs++) {
      const flipped = logs.map((log, bit) => ((signs >> bit) & 1 ? -log : log))
      if (Math.abs(total(flipped)) >= observed - 1e-9) far++
    }
    const share = names.length === 1 || !names.includes(headline) ? 1 / names.length : null
    const weight = share ?? (name === headline ? 0.5 : 0.5 / (names.length - 1))
    return { name, weight, p: far / all }
  })
  tested.sort((x, y) => x.p / x.weight - y.p / y.weight)
  let least = 0
  for (const [rank, { name, p, weight }] of tested.entries()) {
    const left = total(tested.slice(rank).map((one) => one.weight))
    least = Math.max(least, Math.min(1, (p * left) / weight))
    figures.set(`load.${name}`, least)
  }
}

/** The expected text of a figure of a load, by the first pattern that matches its name. */
export function loadTextOf(id: string, exact: number | null): string {
  if (exact === null) return 'n/a'
  const value = Number(exact.toPrecision(12))
  const [, write] = FORMS.find(([pattern]) => pattern.test(id)) ?? []
  return write?.(value) ?? value.toLocaleString('en-US')
}

const digits = (unit: string) => (value: number) =>
  `${Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 })}${unit}`
const grouped = (number: string) => number.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
const whole = (value: number) => (value === 0 || value === 100 ? String(value) : value.toFixed(1))

const FORMS: readonly (readonly [RegExp, (value: number) => string])[] = [
  [/\.(smallest_p|drift_p|p)\.[^.]*$/, (p) => (p < 0.001 ? 'under 0.001' : p.toFixed(3))],
  [/\.drift\./, (value) => `${value > 0 ? '+' : ''}${value.toFixed(1)} %`],
  [
    /\.(ratio|low|high)\.|^slot\.achieved/,
    (value) => (value < 0.1 ? String(Number(value.toPrecision(2))) : value.toFixed(2)),
  ],
  [/^modelled\.crossing\.|^simulated/, digits('')],
  [/^modelled/, (value) => `$${grouped(value.toFixed(value < 100 ? 2 : 0))}`],
  [/_cpu_s_per/, digits(' µs')],
  [/_bytes\./, digits(' MiB')],
  [/^capacity\.highest/, digits(' per second')],
  [/^resources\.success|\.errors\.|\.error_rate\./, (value) => `${whole(value)} %`],
  [/\.p\d+\./, (value) => `${value.toFixed(2)} ms`],
  [/^growth\..*_cores/, digits(' cores')],
  [/^((resources|growth)\.(connections|offered|achieved|.*units)|capacity)/, digits('')],
]
