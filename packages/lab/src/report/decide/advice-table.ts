import type { Advice } from '../../model/decide/advise.ts'
import type { Decision } from '../../model/decide/decide.ts'
import type { Scenario } from '../../model/decide/scenarios.ts'
import { STORE_NAMES, STORES, type StoreName } from '../../model/terms/stores.ts'
import { money } from '../format.ts'
import { type Cell, muted, type Row, type Table, text } from '../model.ts'
import { from, sourceOf } from '../sources.ts'
import { certaintyWords, choiceText } from './choice-words.ts'
import type { StorePlaces } from './content.ts'

export function titleOf({ name, size }: Scenario): string {
  return `${name}: ${size}`
}

/** The choice for the reader's own shop, or for each typical shop: a row per shop. */
export function adviceTable({ advice, focus, prices }: Decision, places: StorePlaces): Table {
  return {
    id: 'advice',
    caption: 'Choice and cost per month (modelled)',
    columns: [
      { text: 'Shop' },
      { text: 'Choose' },
      ...STORES.map((store) => ({ text: STORE_NAMES[store], numeric: true })),
      { text: 'How sure' },
    ],
    rows: (focus.own ? [focus.advice] : advice).map(
      (one): Row => adviceRow(one, prices.currency, places),
    ),
  }
}

function adviceRow(one: Advice, currency: string, places: StorePlaces): Row {
  return {
    cells: [
      text(titleOf(one.scenario)),
      choiceCell(one, places),
      ...STORES.map((store) => costCell(one, store, currency)),
      text(certaintyWords(one)),
    ],
  }
}

/** The typical shops, where the reader's own shop has the first table. */
export function presetsTable(decision: Decision, places: StorePlaces): Table {
  const { advice, focus } = decision
  const presets = advice.filter((one) => one !== focus.advice)
  const all = adviceTable({ ...decision, advice: presets, focus: { ...focus, own: false } }, places)
  return { ...all, id: 'presets', caption: 'Typical shops (modelled)' }
}

function choiceCell({ choice }: Advice, places: StorePlaces): Cell {
  const words = choiceText(choice)
  return choice === 'postgres' || choice === 'dynamodb' ? text(words, places[choice]) : text(words)
}

function costCell({ scenario, standings }: Advice, store: StoreName, currency: string): Cell {
  const { fitness, cost } = standings[store]
  if (fitness === 'unfit') return muted('does not serve it')
  if (cost.total === null) return muted('unknown')
  return from(
    sourceOf.model(store),
    money(`modelled.${scenario.id}.${store}`, cost.total, currency),
  )
}
