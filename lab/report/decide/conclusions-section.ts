import { STORE_NAMES } from '../../model/cost/monthly-cost.ts'
import type { Conclusion } from '../../model/decide/conclusions.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { capital } from '../format.ts'
import { operationWords } from '../load/words.ts'
import { type Content, type Prose, proseCell, type Row, type Section, text } from '../model.ts'
import { recorded } from '../record-links.ts'
import { heading, items, STORES, type StorePlaces } from './content.ts'

/** What holds anywhere, what on this machine, and what only the real DynamoDB can tell, with the command that asks it. */
export function conclusionsSection(decision: Decision, places: StorePlaces): Section {
  const { conclusions } = decision
  const reach = (wanted: Conclusion['reach']) =>
    conclusions.filter((conclusion) => conclusion.reach === wanted)
  const commands = new Set(conclusions.flatMap(({ command }) => command ?? []))
  return {
    id: 'conclusions',
    title: 'What may be concluded',
    chapter: 'Choice',
    contents: [
      ...anywhere(reach('anywhere'), decision, places),
      ...sentences('Holds on this machine: ratios carry over, times do not', reach('this_machine')),
      ...sentences('Needs a run against the real DynamoDB', reach('real_dynamodb')),
      ...[...commands].map((command): Content => ({ kind: 'command', command })),
      ...decision.notes.map((note): Content => ({ kind: 'note', text: readable(note) })),
    ],
  }
}

const TOPICS: readonly (readonly [Conclusion['topic'], string])[] = [
  ['correctness', 'Correctness'],
  ['success', 'Success'],
  ['units', 'Capacity units'],
  ['service CPU', 'CPU of the service'],
  ['size', 'Size'],
]

/** A row for each topic: what the code and its requests do on one store, beside the other. */
function anywhere(
  conclusions: readonly Conclusion[],
  { evidence }: Decision,
  places: StorePlaces,
): Content[] {
  const rows = TOPICS.flatMap(([topic, title]): Row[] => {
    const own = STORES.map((store) => ({
      store,
      said: conclusions.filter((one) => one.topic === topic && one.store === store),
    }))
    if (own.every(({ said }) => said.length === 0)) return []
    const cells = own.map(({ store, said }) => {
      const prose = said.map((one) => sentence(one, `${evidence[store].label}: `))
      return proseCell(prose.flatMap((one, place) => (place === 0 ? one : [' ', ...one])))
    })
    return [{ cells: [text(title), ...cells] }]
  })
  if (rows.length === 0) return []
  const columns = [
    { text: 'Topic' },
    ...STORES.map((store) => ({ text: STORE_NAMES[store], side: places[store] })),
  ]
  const caption = 'Holds anywhere: a property of the code and of the requests it sends'
  return [{ kind: 'table', table: { id: 'anywhere', caption, columns, rows, notes: [] } }]
}

function sentences(title: string, conclusions: readonly Conclusion[]): Content[] {
  if (conclusions.length === 0) return []
  return [heading(title), items(conclusions.map((one) => sentence(one, '')))]
}

/** Without the name of the store where that stands above. */
function sentence({ text: words, records }: Conclusion, name: string): Prose {
  const own = words.startsWith(name) ? words.slice(name.length) : words
  return recorded(capital(readable(own)), records)
}

const OPERATION = /\b(create_cart|add_items|get_cart|list_carts|list_orders)\b/g

/** With operations as people call them. */
function readable(words: string): string {
  return words.replace(OPERATION, (key) =>
    key.startsWith('list_') ? key.replace('_', ' ') : operationWords(key).title.toLowerCase(),
  )
}
