import type { Conclusion, OperationUnits } from '../../model/decide/conclusions.ts'
import type { Decision } from '../../model/decide/decide.ts'
import type { EvidenceNote } from '../../model/decide/notes.ts'
import { STORE_NAMES, STORES } from '../../model/terms/stores.ts'
import { OPERATION_KINDS } from '../../results/operation-kinds.ts'
import { amount, list, milliseconds, percent } from '../amounts.ts'
import { capital } from '../format.ts'
import {
  type Content,
  heading,
  items,
  note,
  proseCell,
  type Row,
  type Section,
  tabular,
  text,
} from '../model.ts'
import { recorded } from '../record-links.ts'
import type { StorePlaces } from './content.ts'
import { kindWords } from './missing-words.ts'

/** What holds anywhere, and what on this machine. What requires a deployment is on the first screen. */
export function conclusionsSection(decision: Decision, places: StorePlaces): Section {
  const { conclusions, evidence, notes } = decision
  const speeds = (title: string, reach: Conclusion['reach']): Content[] => {
    const found = conclusions.filter((one) => one.reach === reach)
    if (found.length === 0) return []
    const sentences = found.map((one) =>
      recorded(`${evidence[one.store].label}: ${words(one)}`, one.records),
    )
    return [heading(title), items(sentences)]
  }
  return {
    id: 'conclusions',
    title: 'Conclusions and how far they reach',
    short: 'Conclusions',
    chapter: 'Choice',
    contents: [
      ...anywhere(conclusions, places),
      ...speeds('Holds on this machine: ratios carry over, times do not', 'this_machine'),
      ...notes.map((one) => note(noteWords(one))),
    ],
  }
}

const TOPICS: readonly (readonly [Conclusion['topic'], string])[] = [
  ['correctness', 'Correctness'],
  ['success', 'Success'],
  ['units', 'Capacity units'],
  ['service_cpu', 'CPU of the service'],
  ['size', 'Size'],
]

/** A table with a row per topic and a column per store. */
function anywhere(conclusions: readonly Conclusion[], places: StorePlaces): Content[] {
  const rows = TOPICS.flatMap(([topic, title]): Row[] => {
    const cells = STORES.map((store) =>
      conclusions
        .filter((one) => one.topic === topic && one.store === store)
        .map((one) => recorded(capital(words(one)), one.records)),
    )
    if (cells.every((sentences) => sentences.length === 0)) return []
    const proses = cells.map((sentences) =>
      proseCell(sentences.flatMap((one, place) => (place === 0 ? one : [' ', ...one]))),
    )
    return [{ cells: [text(title), ...proses] }]
  })
  if (rows.length === 0) return []
  const columns = [
    { text: 'Topic' },
    ...STORES.map((store) => ({ text: STORE_NAMES[store], side: places[store] })),
  ]
  const caption = 'Holds anywhere: properties of the code and of the requests it sends'
  return [tabular({ id: 'anywhere', caption, columns, rows, notes: [] })]
}

type Correctness = Extract<Conclusion, { topic: 'correctness' }>

/** A conclusion as a sentence without the name of the store. */
function words(conclusion: Conclusion): string {
  switch (conclusion.topic) {
    case 'correctness':
      return correctnessWords(conclusion)
    case 'success':
      return `${percent(conclusion.lowest)} of the operations succeeded in the worst run.`
    case 'units':
      return `consumed per operation: ${conclusion.operations.map(unitWords).join('; ')}. The cost in proportion to traffic follows from these.`
    case 'service_cpu': {
      const { seconds } = conclusion
      const parts = OPERATION_KINDS.flatMap((kind) =>
        seconds[kind] === undefined
          ? []
          : [`${kindWords(kind)} ${milliseconds(1000 * seconds[kind])}`],
      )
      return `CPU of the service per operation, measured with one kind at a time under full load: ${list(parts)}. It scales with the speed of the processor.`
    }
    case 'size':
      return `a cart of these runs takes ${amount(conclusion.cart_bytes)} bytes.`
    case 'latency':
    case 'capacity':
      return conclusion.reach === 'real_dynamodb'
        ? `the measured ${conclusion.topic} is that of the emulator, not of DynamoDB.`
        : `the measured ${conclusion.topic} is that of this machine and this network.`
  }
}

function correctnessWords(conclusion: Correctness): string {
  const { guarantee, read_mode, verdict, never_stale } = conclusion
  const holds = verdict === 'holds'
  const operations = `${amount(conclusion.operations)} operations`
  switch (guarantee) {
    case 'no_lost_add':
      return `${holds ? 'no adds were lost' : 'adds were lost'} in ${operations}.`
    case 'no_double_add':
      return `${holds ? 'no adds were' : 'adds were'} stored twice in ${operations}.`
    case 'read_your_writes': {
      const mode = read_mode === null ? '' : `${read_mode} `
      const outcome = holds
        ? `every ${mode}read returned the writes acknowledged before it`
        : `some ${mode}reads missed writes acknowledged before them`
      const stale = never_stale
        ? ' The emulator’s eventual reads are never stale; DynamoDB’s can be.'
        : ''
      return `${outcome} in ${operations}.${stale}`
    }
  }
}

function unitWords({ kind, write, read_strong, read_eventual }: OperationUnits): string {
  const alike = read_strong === read_eventual
  const parts = [
    [write, 'write', ''],
    [read_strong, 'read', alike ? '' : ' (strong)'],
    [alike ? null : read_eventual, 'read', ' (eventual)'],
  ] as const
  const shown = parts.flatMap(([units, of, how]) =>
    units === null || units === 0
      ? []
      : [`${amount(units)} ${of} ${units === 1 ? 'unit' : 'units'}${how}`],
  )
  return `${kindWords(kind)} ${list(shown)}`
}

function noteWords(note: EvidenceNote): string {
  switch (note.kind) {
    case 'ignored_side':
      return `${note.label} runs on neither of the two stores and does not affect the decision.`
    case 'chosen_side': {
      const units = note.probed
        ? ', and the units of both kinds of read from the measurement of single operations'
        : ''
      return `Of the ${note.sides} sides on ${STORE_NAMES[note.store]}, ${note.label} stands for the store; guarantees are taken from all of them${units}.`
    }
    case 'index_writes_added':
      return 'The emulator does not report the units of index writes. One write unit was added to creating a cart and to checkout, each of which writes one index entry of keys only.'
    case 'bytes_from_units':
      return `The size of a DynamoDB cart of ${note.lines} lines was inferred from the write units of a growing cart. ${note.overhead_bytes} bytes each were added for the item and its index entry; the keys of the index entry (about as much again) are not counted.`
  }
}
