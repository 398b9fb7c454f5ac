import type { InstanceConstraint } from '../../model/cost/instance-size.ts'
import type { Advice } from '../../model/decide/advise.ts'
import type { Change } from '../../model/decide/changes.ts'
import type { Decision } from '../../model/decide/decide.ts'
import type { Fault, Standing } from '../../model/decide/standing.ts'
import type { ErrorRange } from '../../model/simulate/validate.ts'
import { otherThan, STORE_NAMES, STORES, type StoreName } from '../../model/terms/stores.ts'
import { amount, list, milliseconds, money, percent } from '../amounts.ts'
import { capital } from '../format.ts'
import type { Prose } from '../model.ts'
import { recorded } from '../record-links.ts'
import { assumptionWords } from './assumption-words.ts'
import { choiceText, yearsWords } from './choice-words.ts'
import { modelled } from './content.ts'
import { LIMITS, peakWords } from './limit-words.ts'
import { missingWords } from './missing-words.ts'
import { REQUIREMENTS } from './requirement-words.ts'

type Prices = Decision['prices']

/** Maximum number of missing measurements in a headline. */
const SHOWN = 3

/** The choice and its main reason, in one or two sentences. */
export function headline({ choice, standings, missing }: Advice, { currency }: Prices): string {
  const bill = (store: StoreName) => billWords(standings[store], currency)
  switch (choice) {
    case 'undecided': {
      const more = missing.length - SHOWN
      const shown = [
        ...missing.slice(0, SHOWN).map(missingWords),
        ...(more > 0 ? [`and ${more} more`] : []),
      ]
      return `Undecided: measurements are missing. Not measured: ${shown.join('; ')}.`
    }
    case 'neither':
      return 'Neither store serves this load as deployed here.'
    case 'either':
      return `Either: both serve this load, and their costs are too close to call (PostgreSQL ${bill('postgres')}, DynamoDB ${bill('dynamodb')}).`
    default: {
      const other = otherThan(choice)
      const [name, rival] = [STORE_NAMES[choice], STORE_NAMES[other]]
      return standings[other].fitness === 'unfit'
        ? `${name}: it serves this load for ${bill(choice)}; ${rival} does not serve it.`
        : `${name}: both serve this load, ${name} for ${bill(choice)} and ${rival} for ${bill(other)}.`
    }
  }
}

function billWords({ cost }: Standing, currency: string): string {
  return cost.total === null ? 'an unknown cost' : `${money(cost.total, currency)} per month`
}

/** The reasons for a choice: per store its faults, cost and simulated peak; then the assumptions. */
export function reasons({ standings, rate }: Advice, prices: Prices): Prose[] {
  const perStore = STORES.flatMap((store) => {
    const standing = standings[store]
    return [
      ...standing.faults.map((fault) => {
        const [sentence, records] = faultSentence(store, fault)
        return linked(`${BASIS[fault.basis]}: ${sentence}`, store, records)
      }),
      ...costReason(standing, rate, prices),
      ...peakReason(standing),
    ]
  })
  const assumed = new Set(STORES.flatMap((store) => standings[store].assumed.map(assumptionWords)))
  return [...perStore, ...[...assumed].map((clause) => [`Assumed: ${clause}.`])]
}

const BASIS: Readonly<Record<Fault['basis'], string>> = {
  measured: 'Measured',
  modelled: 'Modelled',
  simulated: 'Simulated',
}

const CONSTRAINTS: Readonly<Record<InstanceConstraint, string>> = {
  cpu: 'vCPUs',
  cpu_credits: 'CPU credits',
  burstable: 'CPU credits',
  min_memory: 'the minimum memory',
  memory: 'memory',
  connections: 'connections',
  storage_iops: 'storage operations',
  storage_throughput: 'storage throughput',
}

function costReason({ store, cost, cost_records }: Standing, rate: number, prices: Prices) {
  if (cost.total === null) return []
  const { instance, binding } = cost
  const sized =
    instance === null || binding.length === 0
      ? ''
      : `; a smaller instance than ${instance.class} is too small in ${list(binding.map((one) => CONSTRAINTS[one]))}`
  const largest = cost.billed
    .toSorted((a, b) => b.value - a.value)
    .slice(0, 2)
    .map(({ title, value }) => `${title} ${money(value, prices.currency)}`)
  const sentence = `Modelled: ${STORE_NAMES[store]} costs ${money(cost.total, prices.currency)} per month at ${amount(rate)} operations per second on average; largest items: ${list(largest)}${sized} (prices ${prices.label}, ${prices.collected}).`
  return [linked(sentence, store, cost_records)]
}

function peakReason({ store, simulated, p99_range }: Standing): Prose[] {
  if (simulated === null || simulated.latency === null) return []
  const peak = Math.max(...simulated.seconds.map(({ offered }) => offered))
  const sentence = `Simulated: ${STORE_NAMES[store]} at up to ${amount(peak)} operations per second per region: P99 ${milliseconds(simulated.latency.p99)}${rangeWords(simulated.latency.p99, p99_range)}.`
  return [modelled(sentence, [store])]
}

/** The P99 as a range that contains every measured run, or that there is none. */
function rangeWords(p99_ms: number, range: ErrorRange | null): string {
  return range === null
    ? ' (an order of magnitude: the simulation of this store was not validated)'
    : ` (${milliseconds(p99_ms * range.low)} to ${milliseconds(p99_ms * range.high)} with the error of the simulation)`
}

/** Links to the records, or to the model's inputs where there are none. */
function linked(sentence: string, store: StoreName, records: readonly string[]): Prose {
  return records.length > 0 ? recorded(sentence, records) : modelled(sentence, [store])
}

/** Why a store does not serve a load, with its records. */
function faultSentence(store: StoreName, fault: Fault): readonly [string, readonly string[]] {
  const name = STORE_NAMES[store]
  switch (fault.basis) {
    case 'measured': {
      const { title, criterion } = REQUIREMENTS[fault.requirement]
      return [`${name} does not meet "${title}" (${criterion}).`, fault.records]
    }
    case 'modelled':
      return [`${name}: ${costLimitWords(fault.limit)}.`, []]
    case 'simulated':
      return [`${name} at the peak: ${peakWords(fault.peak)}.`, []]
  }
}

function costLimitWords(limit: (Fault & { basis: 'modelled' })['limit']): string {
  switch (limit.kind) {
    case 'log_bandwidth':
      return `the peak writes ${amount(limit.bytes_per_s / 1e6)} MB of log and data per second; the storage accepts ${amount(limit.accepted_per_s / 1e6)} MB`
    case 'storage_iops':
      return `the peak needs ${amount(limit.iops)} storage operations per second; the storage accepts ${amount(limit.accepted)}`
    case 'instance_size':
      return `no instance class has the ${amount(limit.vcpus)} vCPUs, ${amount(limit.connections)} connections and ${amount(limit.memory_gib)} GiB of memory that the peak requires`
  }
}

/** What would change a choice, as a sentence. */
export function changeProse(change: Change, currency: string): Prose {
  switch (change.kind) {
    case 'measurement':
      return [`Measure ${missingWords(change.missing)}.`]
    case 'repair': {
      const [sentence, records] = faultSentence(change.store, change.fault)
      return linked(`If this is fixed: ${sentence}`, change.store, records)
    }
    case 'traffic':
    case 'price':
      return modelled(`${capital(tippingPoint(change, currency))}.`)
    case 'growth': {
      const { name: limit, meaning } = LIMITS[change.result.limit ?? 'latency']
      return modelled(
        `At twice the peak, ${STORE_NAMES[change.store]} as deployed no longer serves the load, limited by ${limit}: ${meaning} (simulated).`,
        [change.store],
      )
    }
    case 'unprepared':
      return modelled(
        `At a peak without preparation, ${STORE_NAMES[change.store]} has ${peakWords(change.result)} (simulated).`,
        [change.store],
      )
    case 'real_dynamodb': {
      const effect = change.effect === 'confirm' ? 'confirm this choice' : 'rule DynamoDB out'
      return [
        `A run against the real DynamoDB: a P99 above ${milliseconds(change.p99_ms)} would ${effect}.`,
      ]
    }
  }
}

type TippingPoint = Extract<Change, { cheaper: StoreName }>

/** The condition under which a store becomes the cheaper one, as a clause. */
function tippingPoint(change: TippingPoint, currency: string): string {
  const name = STORE_NAMES[change.cheaper]
  if (change.kind === 'price')
    return `${name} costs less if the bill of its database falls by more than ${money(change.amount, currency)} of ${money(change.database, currency)} per month (the smallest deployment here costs ${money(change.lowest, currency)})`
  const then =
    change.years === null || change.years > FORESEEABLE_YEARS
      ? ''
      : `, in ${yearsWords(change.years)} at the growth of this shop`
  const where = `${change.direction} ${timesWords(change.times)} this traffic (${amount(change.rate)} operations per second on average${then})${untilWords(change)}`
  return change.only
    ? `only ${name} serves the load ${where}, where no instance is large enough for the single writer of ${STORE_NAMES[otherThan(change.cheaper)]}`
    : `${name} costs less ${where}`
}

/** As instances are added in steps, the cheaper store can change back a little further on. */
function untilWords(change: TippingPoint & { kind: 'traffic' }): string {
  const { until, again, times, rate, direction } = change
  if (until === null) return ''
  const at = (traffic: number) => timesWords((times * traffic) / rate)
  const end = `${direction === 'above' ? ', up to' : ', down to'} ${at(until)}`
  return again === null ? end : `${end}, and again ${direction} ${at(again)}`
}

/** Growth is not extrapolated further than this. */
const FORESEEABLE_YEARS = 10

/** Such as `41 times`, or `18 % of`. */
function timesWords(times: number): string {
  return times < 1 ? `${percent(times)} of` : `${amount(times)} times`
}

/**
 * The choice for a scenario and when the other store becomes the better one. The choice is worded by `choiceText`, as
 * in the table of recommendations.
 */
export function choiceProse(advice: Advice, currency: string): Prose {
  const { scenario, choice, would_change } = advice
  const points = would_change.filter((change) => 'cheaper' in change && change.cheaper !== choice)
  const clauses = points.flatMap((change) =>
    'cheaper' in change ? [tippingPoint(change, currency)] : [],
  )
  const start = `${scenario.name} (${scenario.size}): ${choiceText(choice)}`
  return clauses.length === 0
    ? [`${start}.`]
    : modelled(`${start}. ${capital(clauses.join('; '))}.`)
}
