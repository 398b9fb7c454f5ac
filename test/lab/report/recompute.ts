import type { CombinedConsistencyRecord, CombinedRecord } from '../../../lab/report/records.ts'

/**
 * Every figure that a report of the quick look can show, by name, computed from the result files without any code of the
 * report. `null` without data.
 */
export function recompute(
  combined: readonly CombinedRecord[],
  consistency: readonly CombinedConsistencyRecord[],
  databases: readonly string[],
): Map<string, number | null> {
  const figures = new Map<string, number | null>()
  for (const database of databases) {
    const own = combined.filter((record) => record.database === database)
    addRun(figures, 'overall', database, own)
    for (const operation of ['create_cart', 'add_items', 'get_cart'])
      addRun(
        figures,
        operation,
        database,
        own.filter((record) => record.operation === operation),
      )
    addConsistency(
      figures,
      database,
      consistency.filter((record) => record.database === database),
    )
  }
  addMargins(figures, databases)
  return figures
}

function addRun(
  figures: Map<string, number | null>,
  group: string,
  database: string,
  records: readonly CombinedRecord[],
): void {
  const times = records.flatMap((record) => (record.success ? [record.response_time] : []))
  const rank = (p: number) =>
    times.length === 0
      ? null
      : // The smallest measured value that p % of all values do not exceed.
        Math.min(
          ...times.filter((t) => times.filter((u) => u <= t).length * 100 >= p * times.length),
        )
  const set = (name: string, value: number | null) =>
    figures.set(`${group}.${name}.${database}`, value)
  set(
    'average',
    times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length,
  )
  for (const p of [25, 50, 75, 95, 99]) set(`p${p}`, rank(p))
  set('min', rank(0))
  set('max', rank(100))
  set('count', records.length)
  set('failed', records.length - times.length)
  set('success_rate', records.length === 0 ? null : (100 * times.length) / records.length)
}

function addMargins(figures: Map<string, number | null>, databases: readonly string[]): void {
  const [first, ...others] = databases
  const groups = ['overall', 'create_cart', 'add_items', 'get_cart']
  const names = ['average', 'p50', 'p95', 'p99', 'success_rate']
  const all = others.flatMap((other) =>
    groups.flatMap((group) => names.map((name) => [other, `${group}.${name}`] as const)),
  )
  for (const [other, name] of all) {
    const a = figures.get(`${name}.${first}`) ?? null
    const b = figures.get(`${name}.${other}`) ?? null
    figures.set(`${name}.margin.${first}:${other}`, margin(a, b, name.endsWith('success_rate')))
    if (name !== 'overall.p50' || a === null || b === null) continue
    figures.set(`quick.p50.ratio.${first}:${other}`, b / a)
    figures.set(`quick_turned.p50.ratio.${first}:${other}`, a / b)
  }
}

function margin(a: number | null, b: number | null, inPoints: boolean): number | null {
  if (a === null || b === null) return null
  if (inPoints) return Math.abs(a - b)
  const percent = (Math.abs(a - b) / Math.max(a, b)) * 100
  // The order in which times are added up is no difference.
  return percent < 1e-9 ? 0 : percent
}

function addConsistency(
  figures: Map<string, number | null>,
  database: string,
  records: readonly CombinedConsistencyRecord[],
): void {
  const fields = (scenario: string) =>
    records.filter((record) => record.scenario === scenario) as unknown as Record<string, unknown>[]
  const sum = (scenario: string, field: string) => {
    const numbers = fields(scenario).flatMap((record) =>
      typeof record[field] === 'number' ? [record[field]] : [],
    )
    return numbers.length === 0 ? null : numbers.reduce((total, number) => total + number, 0)
  }
  const set = (name: string, value: number | null) => figures.set(`${name}.${database}`, value)
  const named: [string, string, string][] = [
    ['create_then_read', 'reads', 'read_attempts'],
    ['create_then_read', 'consistent', 'consistent_reads'],
    ['write_then_read_items', 'reads', 'read_attempts'],
    ['write_then_read_items', 'visible', 'item_visible_count'],
    ['rapid_updates', 'sent', 'updates_sent'],
    ['rapid_updates', 'successful', 'updates_successful'],
    ['rapid_updates', 'final_items', 'final_items_count'],
    ['concurrent_updates', 'acknowledged', 'acknowledged_quantity'],
    ['concurrent_updates', 'unknown', 'unknown_quantity'],
    ['concurrent_updates', 'stored', 'stored_quantity'],
    ['concurrent_updates', 'lost', 'lost_updates'],
    ['concurrent_updates', 'duplicated', 'duplicated_updates'],
  ]
  for (const [scenario, name, field] of named) set(`${scenario}.${name}`, sum(scenario, field))
  for (const scenario of new Set(named.map(([first]) => first)))
    set(`${scenario}.failed`, fields(scenario).filter((record) => !record.success).length)
  addJudged(set, fields('rapid_updates'), fields('concurrent_updates'))
  const created = [
    sum('create_then_read', 'consistent_reads'),
    sum('create_then_read', 'read_attempts'),
  ]
  const added = [
    sum('write_then_read_items', 'item_visible_count'),
    sum('write_then_read_items', 'read_attempts'),
  ]
  set('create_then_read.rate', rate(created))
  set('write_then_read_items.rate', rate(added))
  const reads = (created[1] ?? 0) + (added[1] ?? 0)
  set('reads', reads)
  const missed = (success: boolean) =>
    [...fields('create_then_read'), ...fields('write_then_read_items')]
      .filter((record) => record.success === success)
      .map((r) => Number(r.read_attempts) - Number(r.consistent_reads ?? r.item_visible_count))
      .reduce((total, misses) => total + misses, 0)
  set('stale_reads', missed(true))
  set('other_misses', missed(false))
  for (const scenario of ['create_then_read', 'write_then_read_items', 'rapid_updates'])
    set(
      `${scenario}.lost_in`,
      fields(scenario).filter(({ error }) => String(error).startsWith('lost')).length,
    )
}

/** Sums over the carts that could be read afterwards. */
function addJudged(
  set: (name: string, value: number | null) => void,
  rapid: Record<string, unknown>[],
  concurrent: Record<string, unknown>[],
): void {
  const over = (records: Record<string, unknown>[], stored: string, value: string) => {
    const read = records.filter((record) => record[stored] !== null)
    return read.length === 0 ? null : read.reduce((sum, record) => sum + Number(record[value]), 0)
  }
  const lines = rapid.filter(({ final_items_count }) => final_items_count !== null)
  const lost = lines.map(({ updates_successful, final_items_count, error }) =>
    Math.max(
      0,
      Number(updates_successful) - Number(final_items_count),
      Number(/^lost: (\d+) of/.exec(String(error))?.[1] ?? 0),
    ),
  )
  set('rapid_updates.successful', over(rapid, 'final_items_count', 'updates_successful'))
  set('rapid_updates.lost', lost.length === 0 ? null : lost.reduce((sum, one) => sum + one, 0))
  set(
    'concurrent_updates.acknowledged',
    over(concurrent, 'stored_quantity', 'acknowledged_quantity'),
  )
  set(
    'concurrent_updates.unjudged',
    concurrent.length === 0
      ? null
      : concurrent.filter(({ stored_quantity }) => stored_quantity === null).length,
  )
}

function rate([hits, tries]: (number | null)[]): number | null {
  return hits == null || tries == null || tries === 0 ? null : (100 * hits) / tries
}
