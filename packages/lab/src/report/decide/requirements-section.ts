import type { Decision } from '../../model/decide/decide.ts'
import type { RequirementResult } from '../../model/decide/requirements.ts'
import { STORE_NAMES, STORES } from '../../model/terms/stores.ts'
import { amount } from '../amounts.ts'
import { link, type Prose, proseCell, type Row, type Section, tabular } from '../model.ts'
import type { StorePlaces } from './content.ts'
import { REQUIREMENTS, type RequirementWords } from './requirement-words.ts'

/** Whether each store met each requirement, with the figure that decided. */
export function requirementsSection({ requirements }: Decision, places: StorePlaces): Section {
  return {
    id: 'requirements',
    title: 'Requirements of a shop',
    short: 'Requirements',
    chapter: 'Correctness',
    contents: [
      tabular({
        id: 'requirements-table',
        caption: 'Met or not, with the figure that decided',
        columns: [
          { text: 'Requirement' },
          ...STORES.map((store) => ({ text: STORE_NAMES[store], side: places[store] })),
        ],
        rows: requirements.map(({ id, stores }): Row => {
          const words = REQUIREMENTS[id]
          return {
            cells: [
              proseCell([`${words.title}: ${words.criterion}`]),
              ...STORES.map((store) => proseCell(resultProse(stores[store], words))),
            ],
          }
        }),
      }),
    ],
  }
}

function resultProse(
  { verdict, figure, emulator_speed }: RequirementResult,
  { test }: RequirementWords,
): Prose {
  if (figure === null) return [`not tested; to test it: ${test}`]
  const { value, unit, record } = figure
  return [
    verdict === 'met' ? 'met: ' : 'NOT met: ',
    link(`${amount(value)} ${unit}`, record),
    emulator_speed ? '; measured on an emulator, whose speed is not that of DynamoDB' : '',
  ]
}
