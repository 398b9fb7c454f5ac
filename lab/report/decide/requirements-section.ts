import { STORE_NAMES } from '../../model/cost/monthly-cost.ts'
import type { Decision } from '../../model/decide/decide.ts'
import type { RequirementResult } from '../../model/decide/requirements.ts'
import { amount } from '../../model/decide/words.ts'
import { type Prose, proseCell, type Row, type Section } from '../model.ts'
import { STORES, type StorePlaces } from './content.ts'

/** Met or not met by each store, with the figure that decided. */
export function requirementsSection({ requirements }: Decision, places: StorePlaces): Section {
  return {
    id: 'requirements',
    title: 'Requirements of a shop',
    short: 'Requirements',
    chapter: 'Correctness',
    contents: [
      {
        kind: 'table',
        table: {
          id: 'requirements-table',
          caption: 'Met or not, with the figure that decided',
          columns: [
            { text: 'Requirement' },
            ...STORES.map((store) => ({ text: STORE_NAMES[store], side: places[store] })),
          ],
          rows: requirements.map(
            ({ title, criterion, stores }): Row => ({
              cells: [
                proseCell([`${title}: ${criterion}`]),
                ...STORES.map((store) => proseCell(resultProse(stores[store]))),
              ],
            }),
          ),
          notes: [],
        },
      },
    ],
  }
}

const MET = { met: 'met', not_met: 'NOT met', not_tested: 'not tested' } as const

function resultProse({ verdict, figure, note }: RequirementResult): Prose {
  const end = note === null ? '' : `; ${note}`
  if (figure === null) return [MET[verdict] + end]
  const unit = figure.unit === '' ? '' : ` ${figure.unit}`
  return [
    `${MET[verdict]}: `,
    { kind: 'link', text: `${amount(figure.value)}${unit}`, href: figure.record },
    end,
  ]
}
