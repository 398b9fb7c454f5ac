import type { Decision } from '../../model/decide/decide.ts'
import type { Variation } from '../../model/decide/sensitivity.ts'
import { STORE_NAMES, STORES } from '../../model/terms/stores.ts'
import { money } from '../format.ts'
import {
  type Content,
  details,
  type Figure,
  paragraph,
  type Row,
  type Section,
  type Table,
  tabular,
  text,
} from '../model.ts'
import { from, sourceOf } from '../sources.ts'
import { choiceText } from './choice-words.ts'
import { assumptionName, assumptionValue } from './variation-words.ts'

/** Rows that are not folded; those that change the choice always are among them. */
const SHOWN = 6

/** What the choice would be if one assumption were different: a row per assumption. */
export function sensitivitySection(decision: Decision): Section[] {
  const { sensitivity, advice } = decision.focus
  if (sensitivity.length === 0) return []
  const flips = sensitivity.filter((one) => one.flips).length
  const shown = Math.max(SHOWN, flips)
  const table = (id: string, caption: string, rows: readonly Variation[], first: number) =>
    tabular(variationTable({ id, caption, rows, first }, decision))
  const rest = sensitivity.slice(shown)
  const shop = `"${advice.scenario.name}"`
  const found =
    flips === 0
      ? `No single assumption changes the choice for ${shop}`
      : `${flips} of ${sensitivity.length} replaced values change the choice for ${shop}`
  const contents: Content[] = [
    paragraph(
      `${found}. Each row is computed by the cost model and the simulation; --shop takes every value.`,
    ),
    table('sensitivity-table', 'One assumption replaced at a time', sensitivity.slice(0, shown), 0),
    ...(rest.length === 0
      ? []
      : [
          details(
            `${rest.length} more, none of which changes the choice`,
            table('sensitivity-rest', 'Further assumptions', rest, shown),
          ),
        ]),
  ]
  return [
    {
      id: 'sensitivity',
      title: 'What the choice rests on',
      short: 'Assumptions',
      chapter: 'Choice',
      contents,
    },
  ]
}

interface Rows {
  readonly id: string
  readonly caption: string
  readonly rows: readonly Variation[]
  /** Place of the first row among all variations. */
  readonly first: number
}

function variationTable({ id, caption, rows, first }: Rows, { prices }: Decision): Table {
  return {
    id,
    caption,
    columns: [
      { text: 'Assumption' },
      { text: 'Assumed' },
      { text: 'Instead' },
      { text: 'Choose then' },
      ...STORES.map((store) => ({ text: STORE_NAMES[store], numeric: true })),
    ],
    rows: rows.map((variation, index): Row => {
      const { key, choice, flips, costs } = variation
      const cost = (store: (typeof STORES)[number]): Figure =>
        from(
          sourceOf.model(store),
          money(`modelled.variation.${first + index}.${store}`, costs[store], prices.currency),
        )
      const words = choiceText(choice)
      return {
        cells: [
          text(assumptionName(variation)),
          text(assumptionValue(key, variation.from)),
          text(assumptionValue(key, variation.to)),
          flips
            ? { kind: 'text', text: words, tone: 'bad', detail: 'changes the choice' }
            : { kind: 'text', text: words, tone: 'muted' },
          ...STORES.map(cost),
        ],
      }
    }),
  }
}
