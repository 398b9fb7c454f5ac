import { OPERATION_KINDS } from '../results/operation-kinds.ts'
import { type Evidence, eachKind, recordsOf, type StoreEvidence } from './evidence.ts'
import { amount, list, milliseconds, percent } from './words.ts'

/** Something that the runs showed, and how far it reaches. */
export interface Conclusion {
  readonly store: StoreEvidence['store']
  readonly topic:
    | 'correctness'
    | 'success'
    | 'units'
    | 'service CPU'
    | 'size'
    | 'latency'
    | 'capacity'
  /**
   * - `anywhere`: a property of the code and of the requests it sends
   * - `this_machine`: of this hardware; ratios carry over, absolute figures do not
   * - `real_dynamodb`: the emulator cannot tell; `command` gets it
   */
  readonly reach: 'anywhere' | 'this_machine' | 'real_dynamodb'
  readonly text: string
  readonly records: readonly string[]
  readonly command: string | null
}

/** Both deployed as `docs/aws.md` says, and compared from the same region. */
export const REAL_COMPARISON =
  'npx pushcart compare --a https://HOST:8443 --label-a PostgreSQL --b https://HOST:9443 --label-b DynamoDB --rate 200 --requirements'

/** What may be concluded from these runs, and what may not; only of what was measured. */
export function conclusions(evidence: Evidence): Conclusion[] {
  return [evidence.postgres, evidence.dynamodb].flatMap((store) => [
    ...correctness(store),
    ...success(store),
    ...units(store),
    ...serviceCpu(store),
    ...size(store),
    ...latency(store),
    ...capacity(store),
  ])
}

function correctness(store: StoreEvidence): Conclusion[] {
  return store.guarantees
    .filter(({ verdict }) => verdict !== 'unknown')
    .map(({ guarantee, read_mode, verdict, operations, record }) => {
      const reads = read_mode === null ? '' : ` with ${read_mode} reads`
      const outcome = verdict === 'holds' ? 'held' : 'was violated'
      return {
        ...anywhere(store, 'correctness', [record]),
        text: `${store.label}: ${guarantee.replaceAll('_', ' ')}${reads} ${outcome} in ${amount(operations)} operations.${staleness(store, read_mode, verdict)}`,
      }
    })
}

function staleness(store: StoreEvidence, read_mode: string | null, verdict: string): string {
  return store.emulator && read_mode === 'eventual' && verdict === 'holds'
    ? ' The emulator’s eventual reads are never stale: DynamoDB’s can be.'
    : ''
}

function success(store: StoreEvidence): Conclusion[] {
  const rated = store.runs.filter(
    ({ success_rate, overload }) => success_rate !== null && !overload,
  )
  if (rated.length === 0) return []
  const lowest = Math.min(...rated.map(({ success_rate }) => success_rate ?? 100))
  return [
    {
      ...anywhere(
        store,
        'success',
        rated.map(({ record }) => record),
      ),
      text: `${store.label}: ${percent(lowest / 100)} of the operations succeeded in the worst run.`,
    },
  ]
}

function units(store: StoreEvidence): Conclusion[] {
  const parts = OPERATION_KINDS.flatMap((kind) => {
    const { write_units, read_units_strong, read_units_eventual } = store.operations[kind] ?? {}
    const alike = read_units_strong?.value === read_units_eventual?.value
    const named = [
      [write_units, 'write', ''],
      [read_units_strong, 'read', alike ? '' : ' (strong)'],
      [alike ? null : read_units_eventual, 'read', ' (eventual)'],
    ] as const
    const texts = named.flatMap(([figure, of, how]) =>
      figure === null || figure === undefined || figure.value === 0
        ? []
        : [`${amount(figure.value)} ${of} ${figure.value === 1 ? 'unit' : 'units'}${how}`],
    )
    return texts.length === 0 ? [] : [`${kind} ${list(texts)}`]
  })
  if (parts.length === 0) return []
  return [
    {
      ...anywhere(store, 'units', recordsOf(store, OPERATION_KINDS)),
      text: `${store.label}: consumed per operation: ${parts.join('; ')}. Cost in proportion to traffic follows from it.`,
    },
  ]
}

function serviceCpu(store: StoreEvidence): Conclusion[] {
  const cpu = Object.entries(eachKind(store, ({ service_cpu_s }) => service_cpu_s))
  if (cpu.length === 0) return []
  const parts = cpu.map(([kind, seconds]) => `${kind} ${milliseconds(1000 * seconds)}`)
  return [
    {
      ...anywhere(store, 'service CPU', recordsOf(store, OPERATION_KINDS)),
      text: `${store.label}: CPU of the service per operation, one kind alone and without a pause: ${list(parts)}; on another processor in proportion to its speed.`,
    },
  ]
}

function size(store: StoreEvidence): Conclusion[] {
  if (store.cart_bytes === null) return []
  const { value, record } = store.cart_bytes
  return [
    {
      ...anywhere(store, 'size', [record]),
      text: `${store.label}: a cart of these runs takes ${amount(value)} bytes.`,
    },
  ]
}

function latency(store: StoreEvidence): Conclusion[] {
  const timed = store.runs.filter(({ overall }) => overall !== null)
  return timed.length === 0
    ? []
    : [
        speed(
          store,
          'latency',
          timed.map(({ record }) => record),
        ),
      ]
}

function capacity(store: StoreEvidence): Conclusion[] {
  return store.capacity_knee === null
    ? []
    : [speed(store, 'capacity', [store.capacity_knee.record])]
}

function speed(
  store: StoreEvidence,
  topic: 'latency' | 'capacity',
  records: readonly string[],
): Conclusion {
  const { store: name, label, emulator } = store
  return {
    store: name,
    topic,
    records,
    reach: emulator ? 'real_dynamodb' : 'this_machine',
    text: emulator
      ? `${label}: the ${topic} measured is the emulator’s. DynamoDB’s has to be measured on DynamoDB.`
      : `${label}: the ${topic} measured is that of this machine and this network.`,
    command: emulator ? REAL_COMPARISON : null,
  }
}

function anywhere(
  { store }: StoreEvidence,
  topic: Conclusion['topic'],
  records: readonly string[],
): Omit<Conclusion, 'text'> {
  return { store, topic, reach: 'anywhere', records, command: null }
}
