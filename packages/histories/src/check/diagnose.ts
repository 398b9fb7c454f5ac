import type { Balance } from './balance.ts'
import type { Anomaly, Column, Diagnosis, Guarantee, Symptom } from './report.ts'

/** How often an anomaly was found in one cart, in one promised cell of the matrix. */
export interface Sighting {
  readonly guarantee: Guarantee
  readonly read_mode: Column
  readonly cart: string
  readonly anomaly: Anomaly
  readonly count: number
}

/** The fault behind an anomaly in a cart. */
export type FaultOf = (anomaly: Anomaly, cart: string) => Diagnosis['fault']

/** A fault that shows itself as several anomalies. */
interface Fault {
  readonly name: Diagnosis['fault']
  /** Anomalies that show it by themselves. */
  readonly proofs: readonly Anomaly[]
  /** What else it causes, as other faults do. */
  readonly causes: readonly Anomaly[]
}

/** What every fault causes: responses that no order of the changes explains. */
const CONTRADICTIONS: readonly Anomaly[] = [
  'not_linearizable',
  'version_content',
  'own_write_unseen',
  'read_went_back',
  'writes_out_of_order',
  'write_before_what_was_read',
]
/** Fewer units than were acknowledged. */
const LACKS: readonly Anomaly[] = [
  'lost_add',
  'lost_write',
  'lost_cart',
  'partial_batch',
  'merge_lost_lines',
  'checkout_lost_add',
]
/** More units than were requested: also what is left where a removal or a lower quantity is lost. */
const SURPLUSES: readonly Anomaly[] = [
  'resurrected_line',
  'duplicated_add',
  'merge_applied_twice',
  'phantom_of_failure',
  'changed_after_checkout',
]
const VERSIONS: readonly Anomaly[] = ['version_order', 'version_skipped', 'impossible_change']

const LOST: Fault = {
  name: 'lost_update',
  proofs: ['lost_add', 'lost_write'],
  causes: [
    ...[...CONTRADICTIONS, ...LACKS, ...SURPLUSES, ...VERSIONS],
    ...(['version_reused', 'condition_ignored', 'listed_otherwise', 'stale_read'] as const),
  ],
}
const STALE: Fault = {
  name: 'stale_read',
  proofs: ['stale_read'],
  causes: [...CONTRADICTIONS, ...LACKS, ...SURPLUSES, ...VERSIONS, 'refused_in_vain'],
}
const PARTIAL_BATCH: Fault = {
  name: 'partial_batch',
  proofs: ['partial_batch'],
  causes: [...CONTRADICTIONS, ...LACKS, 'listed_otherwise'],
}
const OTHERS: readonly Fault[] = [
  PARTIAL_BATCH,
  {
    name: 'applied_twice',
    proofs: ['duplicated_add', 'duplicated_change'],
    causes: [
      ...[...CONTRADICTIONS, ...SURPLUSES, ...VERSIONS],
      ...(['listed_twice', 'listed_otherwise', 'partial_batch', 'merge_lost_lines'] as const),
    ],
  },
  ...(['resurrected_line', 'phantom_of_failure', 'merge_applied_twice'] as const).map((name) => ({
    name,
    proofs: [name],
    causes: [...CONTRADICTIONS, ...SURPLUSES, ...VERSIONS, 'listed_otherwise'] as const,
  })),
  {
    name: 'listed_otherwise',
    proofs: ['listed_otherwise'],
    causes: [...CONTRADICTIONS, ...SURPLUSES],
  },
  {
    name: 'version_reused',
    proofs: ['version_reused'],
    causes: [...CONTRADICTIONS, ...VERSIONS, 'listed_otherwise'],
  },
  ...(['merge_lost_lines', 'checkout_lost_add', 'lost_cart', 'version_order'] as const).map(
    (name) => ({ name, proofs: [name], causes: CONTRADICTIONS }),
  ),
]

/** Considered last: a version without a change is also how a change that was applied twice shows. */
const SKIPPED: Fault = {
  name: 'version_skipped',
  proofs: ['version_skipped'],
  causes: [...CONTRADICTIONS, ...VERSIONS],
}

/** A fault in so few of the carts of a larger one that explains it is a symptom of that one. */
const FEW = 0.05
const MOSTLY = 3

/**
 * One diagnosis for each fault, by elimination over everything that was seen. Whether a read was stale or a change lost is
 * decided by the end: units that the last reads lack were never shown again. The other faults are chosen so that few
 * explain everything: the one with the most carts first, with all that it can cause.
 */
export function diagnose(
  sightings: readonly Sighting[],
  balance: Balance,
): { readonly diagnoses: Diagnosis[]; readonly faultOf: FaultOf } {
  const found = new Map<string, Diagnosis['fault']>()
  let left = sightings
  const take = (fault: Fault, name = fault.name, but: ReadonlySet<string> = new Set()): void => {
    const explained = new Set([...fault.proofs, ...fault.causes])
    const isIts = ({ anomaly, cart }: Sighting) => explained.has(anomaly) && !but.has(cart)
    for (const { anomaly, cart } of left.filter(isIts)) found.set(keyOf(anomaly, cart), name)
    left = left.filter((one) => !isIts(one))
  }
  const lost = cartsOf(LOST, left)
  const stale = new Set([...cartsOf(STALE, left)].filter((cart) => !lost.has(cart)))
  const isLost = lost.size > 0 && (balance.missing > 0 || stale.size === 0)
  // A batch that is half applied loses units as well, but then nearly every loss is of a batch.
  const isOfBatches = cartsOf(PARTIAL_BATCH, left).size > MOSTLY * lost.size
  if (isLost && isOfBatches) take(PARTIAL_BATCH)
  else if (isLost) {
    take(LOST, nameOfLoss(balance), stale.size > FEW * lost.size ? stale : new Set())
  }
  for (let next = largest(left); next !== undefined; next = largest(left)) take(next)

  const faultOf: FaultOf = (anomaly, cart) => found.get(keyOf(anomaly, cart)) ?? anomaly
  const byFault = Map.groupBy(sightings, ({ anomaly, cart }) => faultOf(anomaly, cart))
  const diagnoses = [...byFault].map(([fault, own]) => ({
    fault,
    carts: new Set(own.map(({ cart }) => cart)).size,
    symptoms: symptomsOf(own),
  }))
  return { diagnoses: diagnoses.sort((a, b) => b.carts - a.carts), faultOf }
}

/** Stale reads come first if nothing is missing in the end: all that they seemed to lose was shown again. */
function largest(left: readonly Sighting[]): Fault | undefined {
  if (cartsOf(STALE, left).size > 0) return STALE
  const sizes = OTHERS.map((fault) => cartsOf(fault, left).size)
  const most = Math.max(...sizes)
  if (most > 0) return OTHERS[sizes.indexOf(most)]
  return cartsOf(SKIPPED, left).size > 0 ? SKIPPED : undefined
}

function cartsOf({ proofs }: Fault, sightings: readonly Sighting[]): Set<string> {
  return new Set(
    sightings.filter(({ anomaly }) => proofs.includes(anomaly)).map(({ cart }) => cart),
  )
}

/** Concurrency does not lose a change that ran alone. */
function nameOfLoss({ lost_alone: alone, lost_lines: lines }: Balance): Diagnosis['fault'] {
  return alone > FEW * lines ? 'dropped_write' : LOST.name
}

function keyOf(anomaly: Anomaly, cart: string): string {
  return `${anomaly} ${cart}`
}

function symptomsOf(sightings: readonly Sighting[]): Symptom[] {
  const cells = Map.groupBy(
    sightings,
    ({ guarantee, read_mode: mode, anomaly }) => `${guarantee} ${mode} ${anomaly}`,
  )
  return [...cells.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const { guarantee, read_mode, anomaly } = first
    const count = own.reduce((sum, one) => sum + one.count, 0)
    return [{ guarantee, read_mode, anomaly, count, carts: own.length }]
  })
}
