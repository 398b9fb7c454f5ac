import { OPERATION_KINDS, type OperationKind } from '../../results/operation-kinds.ts'
import { pointer } from '../../results/pointer.ts'
import type { OperationsPart } from '../../results/schemas.ts'
import type { Side } from '../../results/side.ts'
import type { Interval } from '../../stats/bootstrap.ts'
import { median } from '../../stats/median.ts'
import { medianInterval } from '../../stats/median-interval.ts'
import type { LoadFindings } from './findings.ts'
import { measureOf } from './resources-section.ts'

/** The three targets that separate the data model from the engine. */
export interface LayoutSides {
  /** PostgreSQL with a row per line, and with a cart as a document. */
  readonly rows: Side
  readonly document: Side
  /** DynamoDB, a cart as a document, with the reads of PostgreSQL (strong) where there are several. */
  readonly dynamodb: Side | null
}

/** `null` unless PostgreSQL was measured in both layouts. */
export function layoutSides(sides: readonly Side[]): LayoutSides | null {
  const postgres = (wanted: Side['layout']) =>
    sides.find(({ store, layout }) => store === 'postgres' && layout === wanted)
  const [rows, document] = [postgres('rows'), postgres('document')]
  if (rows === undefined || document === undefined) return null
  const dynamodb = sides.filter(({ store }) => store === 'dynamodb')
  const strong = dynamodb.find(({ read_consistency }) => read_consistency === 'strong')
  return { rows, document, dynamodb: strong ?? dynamodb[0] ?? null }
}

export type EffectMeasure = 'service_cpu' | 'database_cpu' | 'cart_bytes' | 'log_bytes'

/** How much more one target takes than another: numerator / denominator. */
export interface Effect {
  readonly measure: EffectMeasure
  /** For figures of single operations. */
  readonly operation: OperationKind | null
  readonly numerator: Side
  readonly denominator: Side
  readonly ratio: number
  /** 95 % interval over the blocks; `null` for single measurements, and with fewer than six blocks. */
  readonly interval: Interval | null
  readonly records: readonly string[]
}

export interface DataModelFindings {
  readonly sides: LayoutSides
  /** Rows / document on PostgreSQL. */
  readonly model: readonly Effect[]
  /** DynamoDB / PostgreSQL, a cart as a document on both. */
  readonly engine: readonly Effect[]
}

/** Units that an operation consumes on DynamoDB, which PostgreSQL does not have. */
export type Units = OperationsPart['sides'][number]['operations'][number]

export function findDataModel(
  sides: readonly Side[],
  findings: LoadFindings | null,
  operations: OperationsPart | undefined,
): DataModelFindings | null {
  const own = layoutSides(sides)
  if (own === null) return null
  const { rows, document, dynamodb } = own
  const between = (numerator: Side, denominator: Side, measures: readonly EffectMeasure[]) => [
    ...measures.flatMap((measure) => cpuEffect(measure, numerator, denominator, findings)),
    ...measures.flatMap((measure) => singleEffects(measure, numerator, denominator, operations)),
  ]
  return {
    sides: own,
    model: between(rows, document, ['service_cpu', 'database_cpu', 'cart_bytes', 'log_bytes']),
    // The CPU of an emulator is not that of DynamoDB.
    engine: dynamodb === null ? [] : between(dynamodb, document, ['service_cpu', 'cart_bytes']),
  }
}

/** The median over the valid blocks of CPU per operation. */
function cpuEffect(
  measure: EffectMeasure,
  numerator: Side,
  denominator: Side,
  findings: LoadFindings | null,
): Effect[] {
  if (findings === null || (measure !== 'service_cpu' && measure !== 'database_cpu')) return []
  const { of } = measureOf(`${measure}_s_per_operation`)
  const at = (block: number, { key }: Side) =>
    of(findings.load.slots.filter((slot) => slot.block === block && slot.side === key))
  const ratios = findings.valid.flatMap((block) => {
    const [a, b] = [at(block, numerator), at(block, denominator)]
    return a === null || b === null || b === 0 ? [] : [a / b]
  })
  if (ratios.length === 0 || ratios.length < findings.valid.length) return []
  return [
    {
      measure,
      operation: null,
      numerator,
      denominator,
      ratio: median(ratios),
      interval: medianInterval(ratios),
      records: [pointer('load', 'slots')],
    },
  ]
}

/** Bytes per cart, and bytes of log per change: single measurements. */
function singleEffects(
  measure: EffectMeasure,
  numerator: Side,
  denominator: Side,
  operations: OperationsPart | undefined,
): Effect[] {
  const place = ({ key }: Side) => operations?.sides.findIndex(({ side }) => side === key) ?? -1
  const [a, b] = [place(numerator), place(denominator)]
  const [ofA, ofB] = [operations?.sides[a], operations?.sides[b]]
  if (ofA === undefined || ofB === undefined) return []
  const effect = (
    operation: OperationKind | null,
    one: number | null | undefined,
    other: number | null | undefined,
    record: (side: number) => string,
  ): Effect[] =>
    one == null || other == null || other === 0
      ? []
      : [
          {
            measure,
            operation,
            numerator,
            denominator,
            ratio: one / other,
            interval: null,
            records: [record(a), record(b)],
          },
        ]
  if (measure === 'cart_bytes')
    return effect(null, ofA.cart_bytes, ofB.cart_bytes, (side) =>
      pointer('operations', 'sides', side, 'cart_bytes'),
    )
  if (measure !== 'log_bytes') return []
  // A read logs next to nothing: hint bits of pages that earlier changes touched.
  return OPERATION_KINDS.filter(isChange).flatMap((kind) => {
    const index = (of: typeof ofA) => of.operations.findIndex(({ operation }) => operation === kind)
    const [one, other] = [ofA.operations[index(ofA)], ofB.operations[index(ofB)]]
    return effect(kind, one?.log_bytes, other?.log_bytes, (side) =>
      pointer('operations', 'sides', side, 'operations', index(side === a ? ofA : ofB)),
    )
  })
}

function isChange(kind: OperationKind): boolean {
  return kind === 'create_cart' || kind === 'add_items' || kind === 'checkout'
}

/** Which of the two makes the larger difference in the CPU of the service, the only figure that both comparisons have. */
export type EngineOrModel = 'model' | 'engine' | 'neither' | 'alike' | 'unknown'

export function engineOrModel({ model, engine }: DataModelFindings): EngineOrModel {
  const [ofModel, ofEngine] = [model, engine].map((effects) =>
    effects.find(({ measure }) => measure === 'service_cpu'),
  )
  if (ofModel?.interval == null || ofEngine?.interval == null) return 'unknown'
  const clear = ({ interval }: Effect) =>
    interval !== null && (interval.low > 1 || interval.high < 1)
  if (!clear(ofModel) && !clear(ofEngine)) return 'neither'
  const [byModel, byEngine] = [sizes(ofModel), sizes(ofEngine)]
  if (byModel.low > byEngine.high) return 'model'
  return byEngine.low > byModel.high ? 'engine' : 'alike'
}

/** How far an effect is from none at least and at most, as the absolute logarithm of its ratio. */
function sizes({ interval, ratio }: Effect): Interval {
  const { low, high } = interval ?? { low: ratio, high: ratio }
  const ends = [Math.abs(Math.log(low)), Math.abs(Math.log(high))]
  return { low: low < 1 && high > 1 ? 0 : Math.min(...ends), high: Math.max(...ends) }
}
