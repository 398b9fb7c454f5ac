import type { Decision } from '../../model/decide/decide.ts'
import type { ModelParameter } from '../../model/terms/parameter.ts'
import type { Source } from '../../model/terms/source.ts'
import { STORE_NAMES, STORES } from '../../model/terms/stores.ts'
import { list } from '../amounts.ts'
import {
  type Cell,
  type Content,
  link,
  note,
  paragraph,
  proseCell,
  type Row,
  type Section,
  tabular,
  text,
} from '../model.ts'
import { parameterName, parameterValue, sourceWords } from './assumption-words.ts'
import { modelled } from './content.ts'

const KINDS: readonly (readonly [Source['kind'], string, string])[] = [
  ['measured', 'Measured here', 'measured here'],
  ['measured_elsewhere', 'Measured elsewhere', 'measured elsewhere'],
  ['published', 'Published', 'published'],
  ['assumed', 'Assumed', 'assumed'],
]

/** Every figure that the recommendation used, without repetitions. */
function parametersOf({ focus }: Decision): ModelParameter[] {
  const all = STORES.flatMap((store) => focus.advice.standings[store].parameters)
  const known = new Map(
    all.map((one) => [`${one.store} ${one.name} ${one.operation}`, one] as const),
  )
  return [...known.values()]
}

function ofKind(all: readonly ModelParameter[], kind: Source['kind']): ModelParameter[] {
  return all.filter(({ source }) => source.kind === kind)
}

/** How many figures were measured, published and assumed, in one sentence. */
export function sourcesTally(decision: Decision): Content[] {
  const all = parametersOf(decision)
  if (all.length === 0) return []
  const parts = KINDS.flatMap(([kind, , words]) => {
    const found = ofKind(all, kind).length
    return found === 0 ? [] : [`${found} ${words}`]
  })
  return [
    note(
      `Of the ${all.length} figures behind this besides prices: ${list(parts)}. "Where the figures come from" lists them.`,
    ),
  ]
}

/** Each figure of the models with its source: measured, published or assumed. */
export function parametersSection(decision: Decision): Section[] {
  const all = parametersOf(decision)
  if (all.length === 0) return []
  const rows = KINDS.flatMap(([kind, title]): Row[] =>
    ofKind(all, kind).map((one, place) => ({
      ...(place === 0 ? { group: title } : {}),
      cells: [
        text(
          one.store === null
            ? parameterName(one)
            : `${STORE_NAMES[one.store]}, ${parameterName(one)}`,
        ),
        text(parameterValue(one)),
        sourceCell(one),
      ],
    })),
  )
  return [
    {
      id: 'parameters',
      title: 'Where the figures come from: measured, published, assumed',
      short: 'Measured, published, assumed',
      chapter: 'Choice',
      contents: [
        paragraph(
          'Every figure of the cost model and the simulation besides prices. Assumed figures have no better source: replace them by a measurement if the choice depends on them.',
        ),
        tabular({
          id: 'parameters-table',
          caption: 'Figures of the models',
          columns: [{ text: 'Figure' }, { text: 'Value' }, { text: 'Source' }],
          rows,
        }),
      ],
    },
  ]
}

function sourceCell({ source, store }: ModelParameter): Cell {
  // Which of the figures of the package apply follows from the model.
  if ('record' in source && source.record.startsWith('cache-misses.json#'))
    return proseCell(modelled(sourceWords(source), store === null ? STORES : [store]))
  return 'record' in source && source.record.startsWith('results.json#')
    ? proseCell([link(sourceWords(source), source.record)])
    : text(sourceWords(source))
}
