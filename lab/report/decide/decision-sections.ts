import { STORE_NAMES } from '../../cost/monthly-cost.ts'
import type { Advice } from '../../decide/advise.ts'
import type { Conclusion } from '../../decide/conclusions.ts'
import type { RequirementResult } from '../../decide/requirements.ts'
import { amount, list } from '../../decide/words.ts'
import type { Decision } from '../../evidence/decide.ts'
import { type Content, type Prose, proseCell, type Row, type Section } from '../model.ts'
import { heading, items, STORES, type StorePlaces } from './content.ts'
import { costSection } from './cost-section.ts'
import { limitsSection } from './limits-section.ts'
import { recordLinks } from './records.ts'

/** What follows from the comparison for a choice: each section stands by itself. */
export function decisionSections(decision: Decision, places: StorePlaces): Section[] {
  return [
    requirementsSection(decision, places),
    scenariosSection(decision),
    costSection(decision, places),
    limitsSection(decision, places),
    conclusionsSection(decision),
  ]
}

function requirementsSection({ requirements, notes }: Decision, places: StorePlaces): Section {
  return {
    id: 'requirements',
    title: 'Requirements',
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
                ...STORES.map((store) => proseCell(requirementProse(stores[store]))),
              ],
            }),
          ),
          notes,
        },
      },
    ],
  }
}

const MET = { met: 'met', not_met: 'NOT met', not_tested: 'not tested' } as const

function requirementProse({ verdict, figure, note }: RequirementResult): Prose {
  const end = note === null ? '' : `; ${note}`
  if (figure === null) return [MET[verdict] + end]
  const unit = figure.unit === '' ? '' : ` ${figure.unit}`
  return [
    `${MET[verdict]}: `,
    { kind: 'link', text: `${amount(figure.value)}${unit}`, href: figure.record },
    end,
  ]
}

function scenariosSection({ advice, when_to_choose, one_shop }: Decision): Section {
  // What the scenarios themselves say is not said twice.
  const said = new Set(advice.map(({ scenario, headline }) => `${scenario.title}. ${headline}`))
  const choose = STORES.flatMap((store) =>
    when_to_choose[store]
      .filter((sentence) => !said.has(sentence))
      .map((sentence): Prose => [`When to choose ${STORE_NAMES[store]}. ${sentence}`]),
  )
  return {
    id: 'scenarios',
    title: 'Which store for which shop',
    contents: [
      ...commonMissing(advice),
      ...advice.flatMap(scenarioContents),
      ...(choose.length === 0 ? [] : [heading('When to choose which'), items(choose)]),
      heading('Both in one shop'),
      items(one_shop.map(({ text }) => [text])),
    ],
  }
}

/** Where no scenario can be decided, the reason is said once instead of under each. */
function commonMissing(advice: readonly Advice[]): Content[] {
  if (!advice.every(({ choice }) => choice === 'undecided')) return []
  return [
    {
      kind: 'note',
      text: 'This run does not measure all that a choice needs: see below what is missing.',
    },
  ]
}

function scenarioContents({ scenario, headline, reasons, would_change }: Advice): Content[] {
  return [
    heading(scenario.title),
    { kind: 'prose', prose: [headline] },
    {
      kind: 'details',
      summary: `Why, and what would change it: ${scenario.title.split(':')[0]}`,
      contents: [
        ...(reasons.length === 0
          ? []
          : [
              items(
                reasons.map(
                  ({ basis, text, records }): Prose => [
                    `${basis[0]?.toUpperCase()}${basis.slice(1)}: ${text}`,
                    ...recordLinks(records),
                  ],
                ),
              ),
            ]),
        { kind: 'prose', prose: ['What would change it:'] },
        items(would_change.map((sentence) => [sentence])),
        { kind: 'note', text: `Assumed: ${list(scenario.assumptions)}.` },
      ],
    },
  ]
}

const REACHES: readonly (readonly [Conclusion['reach'], string])[] = [
  ['anywhere', 'Holds anywhere'],
  ['this_machine', 'Holds on this machine; ratios carry over, times do not'],
  ['real_dynamodb', 'Needs a run against the real DynamoDB'],
]

function conclusionsSection({ conclusions }: Decision): Section {
  const commands = new Set(conclusions.flatMap(({ command }) => command ?? []))
  return {
    id: 'conclusions',
    title: 'What may be concluded',
    contents: [
      ...REACHES.flatMap(([reach, title]): Content[] => {
        const own = conclusions.filter((conclusion) => conclusion.reach === reach)
        if (own.length === 0) return []
        return [
          heading(title),
          items(own.map(({ text, records }): Prose => [text, ...recordLinks(records)])),
        ]
      }),
      ...[...commands].map((command): Content => ({ kind: 'command', command })),
    ],
  }
}
