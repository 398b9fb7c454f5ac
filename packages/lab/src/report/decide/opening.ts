import type { Advice } from '../../model/decide/advise.ts'
import { TOO_CLOSE, VARIATIONS } from '../../model/decide/certainty.ts'
import type { Change } from '../../model/decide/changes.ts'
import type { Conclusion } from '../../model/decide/conclusions.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { otherThan, STORE_NAMES, STORES, type StoreName } from '../../model/terms/stores.ts'
import { list, percent } from '../amounts.ts'
import { capital, money } from '../format.ts'
import {
  type Content,
  type Headline,
  heading,
  items,
  note,
  type Prose,
  paragraph,
  tabular,
} from '../model.ts'
import { recorded } from '../record-links.ts'
import { from, sourceOf } from '../sources.ts'
import { adviceTable } from './advice-table.ts'
import { changeProse, headline } from './advice-words.ts'
import { certaintyWords, choiceText } from './choice-words.ts'
import { modelled, type StorePlaces } from './content.ts'
import { sourcesTally } from './parameters-section.ts'
import { variationWords } from './variation-words.ts'

/** Compares both services, deployed as `docs/aws.md` says, from one place in their region. */
const REAL_COMPARISON =
  'npx pushcart compare --a https://HOST:8443 --label-a PostgreSQL --b https://HOST:9443 --label-b DynamoDB --rate 200 --requirements --evidence results.json'

const OWN_SHOP = 'npx pushcart report results.json --shop shoppers_per_day=200000,peak_factor=8'

/** Maximum number of things that would change a choice on the first screen. */
const CHANGES = 4

/**
 * The first screen: which store to choose at what cost, how sure that is and what would change it; what is proven on both
 * stores; what is not known without a deployment, and the command that finds it out.
 *
 * @param proven sentences about lost, doubled and failed operations
 * @param layouts whether PostgreSQL was measured with both layouts of a cart
 */
export function decisionOpening(
  decision: Decision,
  proven: readonly Prose[],
  places: StorePlaces,
  layouts = false,
): Headline {
  const { focus, prices } = decision
  return {
    title: 'What to choose',
    headline: headlineOf(decision),
    points: [],
    warning: null,
    contents: [
      tabular(adviceTable(decision, places)),
      note(
        `Modelled: service and database, ${prices.region}; prices ${prices.label}, ${prices.collected}. How sure, by cost: both bills are computed ${VARIATIONS} times with prices, traffic and processor speed varied at random; below ${percent(TOO_CLOSE)} of them the choice is open.`,
      ),
      ...readsNote(decision),
      ...sourcesTally(decision),
      ...(focus.own ? [] : [paragraph('For your own traffic:'), command(OWN_SHOP)]),
      ...changing(decision),
      heading('What this run showed'),
      items(proven),
      ...unknown(decision, layouts),
    ],
  }
}

function headlineOf({ focus, advice, prices }: Decision): Prose {
  if (focus.own) {
    const { scenario } = focus.advice
    return [`${scenario.name} (${scenario.size}): `, ...ownHeadline(focus.advice, prices)]
  }
  const groups = Map.groupBy(advice, ({ choice }) => choice)
  const clauses = [...groups].map(
    ([choice, of]) =>
      `${choiceText(choice)} for ${list(of.map(({ scenario }) => `"${scenario.name}"`))}`,
  )
  const [first] = advice
  return advice.every(({ choice }) => choice === 'undecided') && first !== undefined
    ? [headline(first, prices)]
    : [`${capital(clauses.join('; '))}.`]
}

/** The choice for the reader's shop with both bills, and how sure it is. */
function ownHeadline(advice: Advice, prices: Decision['prices']): Prose {
  const { choice, standings, scenario } = advice
  if (choice === 'undecided' || choice === 'neither') return [headline(advice, prices)]
  const bill = (store: StoreName): Prose => {
    const { cost, fitness } = standings[store]
    const name = STORE_NAMES[store]
    if (cost.total === null || fitness === 'unfit') return [`${name} does not serve it`]
    const id = `modelled.${scenario.id}.${store}`
    return [
      `${name} costs `,
      from(sourceOf.model(store), money(id, cost.total, prices.currency)),
      ' per month',
    ]
  }
  const [one, other] = choice === 'either' ? STORES : ([choice, otherThan(choice)] as const)
  const unserved = STORES.some((store) => standings[store].fitness === 'unfit')
  const sure = unserved ? '' : ` ${capital(certaintyWords(advice))}.`
  return [`${capital(choiceText(choice))}. `, ...bill(one), '; ', ...bill(other), `.${sure}`]
}

/** Which reads the bill of DynamoDB has, and what the others cost: PostgreSQL's reads are strong. */
function readsNote({ focus, prices }: Decision): Content[] {
  const place = focus.sensitivity.findIndex(({ key }) => key === 'read_consistency')
  const other = focus.sensitivity[place]
  const { scenario, standings } = focus.advice
  const usual = standings.dynamodb.cost.total
  if (other === undefined || other.costs.dynamodb === null || usual === null) return []
  const bill = (id: string, value: number) =>
    from(sourceOf.model('dynamodb'), money(id, value, prices.currency))
  const [then, now] = [
    bill(`modelled.variation.${place}.dynamodb`, other.costs.dynamodb),
    bill(`modelled.${scenario.id}.dynamodb`, usual),
  ]
  const difference: Prose = then.text === now.text ? [now, ' as well'] : [then, ' instead of ', now]
  return [
    paragraph(
      `PostgreSQL’s reads are strong. DynamoDB’s bill has ${other.from} reads of carts; with ${other.to} reads it is `,
      ...difference,
      focus.own ? '.' : ` for "${scenario.name}".`,
    ),
  ]
}

function command(words: string): Content {
  return { kind: 'command', command: words }
}

function changing({ focus, prices }: Decision): Content[] {
  const { advice, sensitivity } = focus
  if (advice.choice === 'undecided') return []
  const flips = sensitivity.filter((one) => one.flips)
  const shown = flips.slice(0, CHANGES)
  const more = flips.length - shown.length
  const told = advice.would_change.filter(({ kind }) => kind !== 'real_dynamodb')
  const sentences: Prose[] = [
    ...told.map((change: Change) => changeProse(change, prices.currency)),
    ...shown.map((one) => modelled(`${variationWords(one)}: ${choiceText(one.choice)}.`)),
    ...(more > 0 ? [[`${more} further assumptions (below).`]] : []),
  ]
  const title = `What would change it${focus.own ? '' : ` for "${advice.scenario.name}"`}`
  return [
    heading(title),
    sentences.length === 0
      ? paragraph(
          'Nothing that was tried: no single assumption of the table below, and no traffic up to 100 times more or less.',
        )
      : items(sentences),
  ]
}

/** What these runs cannot show, whoever reads them, and how to find out. */
function unknown({ evidence, conclusions, focus }: Decision, layouts: boolean): Content[] {
  const emulated = STORES.filter((store) => evidence[store].emulator)
  const latency = conclusions.filter(
    (one): one is Conclusion => one.reach === 'real_dynamodb' && one.topic === 'latency',
  )
  const confirming = focus.advice.would_change.filter(({ kind }) => kind === 'real_dynamodb')
  const lines: Prose[] = [
    ...emulated.map((store) =>
      recorded(
        `Latency and maximum throughput of ${STORE_NAMES[store]}: ${evidence[store].label} is an emulator, and its times are not those of ${STORE_NAMES[store]}.`,
        latency.flatMap(({ records }) => records).slice(0, 1),
      ),
    ),
    ...confirming.map((change) => changeProse(change, '')),
    ...(emulated.length === 0
      ? []
      : [
          [
            'PostgreSQL across a network with a standby: here it ran on the machine of the service.',
          ],
        ]),
    ...(layouts
      ? []
      : [
          [
            'Engine or data model? Both differ here: rows in PostgreSQL, one item per cart in DynamoDB. The embedded comparison separates them: npx pushcart compare --rate 200 --layouts rows,document.',
          ],
        ]),
  ]
  return [
    heading('Not known without a deployment'),
    items(lines),
    ...(emulated.length === 0
      ? []
      : [
          paragraph(
            'One command measures it, with both stores deployed by Terraform (docs/aws.md). --evidence takes what it cannot see, such as the CPU of the database, from this run:',
          ),
          command(REAL_COMPARISON),
        ]),
  ]
}
