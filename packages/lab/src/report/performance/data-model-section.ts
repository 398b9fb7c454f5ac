import type { ComparisonParts } from '../../results/comparison-file.ts'
import { amount, list } from '../amounts.ts'
import { kindWords } from '../decide/missing-words.ts'
import { ratio } from '../format.ts'
import {
  type Cell,
  details,
  type Figure,
  muted,
  note,
  type Prose,
  proseCell,
  type Row,
  type Section,
  tabular,
  text,
} from '../model.ts'
import { recordLinks } from '../record-links.ts'
import {
  type DataModelFindings,
  type Effect,
  type EffectMeasure,
  engineOrModel,
  findDataModel,
} from './data-model.ts'
import type { LoadFindings } from './findings.ts'

const MEASURES: Readonly<Record<EffectMeasure, string>> = {
  service_cpu: 'CPU of the service per operation',
  database_cpu: 'CPU of the database per operation',
  cart_bytes: 'bytes per cart',
  log_bytes: 'write-ahead log',
}

/** Whether a difference comes from the engine or from the data model; nothing unless both layouts were measured. */
export function dataModelSection(
  { environment, operations }: Pick<ComparisonParts, 'environment' | 'operations'>,
  findings: LoadFindings | null,
): Section[] {
  const found = findDataModel(environment.sides, findings, operations)
  if (found === null) return []
  const { model, engine } = found
  const rows = [
    ...effectRows('Data model: rows / document, both on PostgreSQL', model),
    ...effectRows('Engine: DynamoDB / PostgreSQL, a document on both', engine),
    ...unitRows(found, operations),
  ]
  return [
    {
      id: 'data-model',
      title: 'Engine or data model?',
      short: 'Engine or data model',
      chapter: 'Choice',
      contents: [
        { kind: 'prose', prose: sentence(found, findings !== null) },
        ...(rows.length === 0
          ? []
          : [
              details(
                'CPU, bytes, log and units of each target relative to the other',
                tabular({
                  id: 'data-model-table',
                  caption: 'One target relative to the other: above 1 it takes more',
                  columns: [
                    { text: 'Figure' },
                    { text: 'Ratio', numeric: true },
                    { text: '95 % interval', numeric: true },
                    { text: 'Measured' },
                  ],
                  rows,
                }),
                note(
                  'CPU: median of the ratios of the blocks of load, in which all targets got the same requests. Bytes and log: one measurement each, without an interval. The CPU of an emulator is not DynamoDB’s and is left out.',
                ),
              ),
            ]),
      ],
    },
  ]
}

/** The answer, with the interval of each effect; `hasLoad`: whether the run had one. */
function sentence(found: DataModelFindings, hasLoad: boolean): Prose {
  const of = (effects: readonly Effect[], wanted: EffectMeasure) =>
    effects.find(({ measure }) => measure === wanted)
  const service = of(found.model, 'service_cpu')
  const database = of(found.model, 'database_cpu')
  const engine = of(found.engine, 'service_cpu')
  if (service === undefined)
    return [
      hasLoad
        ? 'Not measured in this run: no block of its load was valid for both layouts.'
        : 'Not measured in this run: CPU per operation of the layouts requires a load (--rate or --closed).',
    ]
  return [
    'On PostgreSQL, a cart as rows takes ',
    ...(database === undefined
      ? []
      : [...effectWords(database), ' the CPU of the database of a cart as a document and ']),
    ...effectWords(service),
    database === undefined
      ? ' the CPU of the service of a cart as a document'
      : ' that of the service',
    ...(engine === undefined
      ? ['.']
      : [
          '; with documents on both, DynamoDB takes ',
          ...effectWords(engine),
          ' the CPU of the service that PostgreSQL takes.',
        ]),
    ` ${ANSWERS[engineOrModel(found)]}`,
  ]
}

const ANSWERS: Readonly<Record<ReturnType<typeof engineOrModel>, string>> = {
  model: 'In the CPU of the service, the data model makes the larger difference.',
  engine: 'In the CPU of the service, the engine with its client makes the larger difference.',
  neither: 'In the CPU of the service, neither makes a difference beyond the noise.',
  alike:
    'In the CPU of the service, the run does not tell which of the two makes the larger difference.',
  unknown:
    'Which of the two makes the larger difference requires at least six valid blocks and DynamoDB.',
}

function effectWords(effect: Effect): Prose {
  const { interval } = effect
  return [
    shown(effect, 'ratio', effect.ratio),
    ' times',
    ...(interval === null
      ? [' (too few blocks for an interval)']
      : [
          ' (95 % interval ',
          shown(effect, 'low', interval.low),
          ' to ',
          shown(effect, 'high', interval.high),
          ')',
        ]),
  ]
}

/** `load.effect_service_cpu.ratio.postgres:postgres-document`. */
function shown(effect: Effect, part: 'ratio' | 'low' | 'high', value: number): Figure {
  const { measure, operation, numerator, denominator } = effect
  const name = operation === null ? measure : `${measure}_${operation}`
  return ratio(`load.effect_${name}.${part}.${numerator.key}:${denominator.key}`, value)
}

function effectRows(group: string, effects: readonly Effect[]): Row[] {
  return effects.map((effect, place): Row => {
    const { measure, operation, interval, records } = effect
    const kind = operation === null ? '' : ` (${kindWords(operation)})`
    const range: Cell =
      interval === null
        ? muted(measure.endsWith('_cpu') ? 'too few blocks' : 'one measurement')
        : proseCell([
            shown(effect, 'low', interval.low),
            ' to ',
            shown(effect, 'high', interval.high),
          ])
    return {
      ...(place === 0 ? { group } : {}),
      cells: [
        text(`${MEASURES[measure]}${kind}`),
        shown(effect, 'ratio', effect.ratio),
        range,
        proseCell(['here', ...recordLinks(records)]),
      ],
    }
  })
}

/** Fewer units per operation are those of preparing the measurement. */
const LEAST_UNITS = 0.01

/** Units exist on DynamoDB only: what the document takes there, without a ratio. */
function unitRows(
  { sides: { dynamodb } }: DataModelFindings,
  operations: ComparisonParts['operations'],
): Row[] {
  const own = operations?.sides.find(({ side }) => side === dynamodb?.key)
  const used = (own?.operations ?? []).flatMap((one) => {
    const parts = [
      ...((one.write_units ?? 0) >= LEAST_UNITS ? [`${amount(one.write_units ?? 0)} write`] : []),
      ...((one.read_units ?? 0) >= LEAST_UNITS ? [`${amount(one.read_units ?? 0)} read`] : []),
    ]
    const reads = one.read_consistency === null ? '' : `, ${one.read_consistency}`
    return parts.length === 0 ? [] : [`${kindWords(one.operation)}${reads}: ${list(parts)}`]
  })
  if (used.length === 0) return []
  return [
    {
      group: 'Capacity units: DynamoDB only, as it reports them',
      cells: [text(used.join('; ')), muted('no ratio'), muted(''), text('here')],
    },
  ]
}
