import { textTable } from '../../commands/text-table.ts'
import { EMULATOR_WORDS } from '../../compare/side.ts'
import { readableTime } from '../circumstances.ts'
import { milliseconds, percentText, probability, ratio } from '../format.ts'
import { page } from '../html/render-html.ts'
import { sectionHtml } from '../html/sections.ts'
import { metricWords, plural } from '../load/words.ts'
import { escapeMarkdown, sectionBlocks } from '../markdown.ts'
import { proseCell, type ReportSide, type Row, type Section, type Table, text } from '../model.ts'
import type { ChangeVerdict, MetricChange, RunComparison, SideChange } from './compare-runs.ts'

const TITLE = 'Two runs of the same comparison'
const CAUTION =
  'The blocks of one run share the state that the machine was in, so a difference between two runs can be one of the hour. To be sure of a change, measure both versions in one comparison: npx pushcart compare --a OLD --b NEW'

/** What is shown of two runs, in one sentence. */
export function runsHeadline({ sides, differences }: RunComparison): string {
  if (sides.length === 0) return 'The two runs have no side under load in common.'
  const changes = sides.flatMap((side) => side.changes)
  const count = (verdict: ChangeVerdict) =>
    changes.filter((change) => change.verdict === verdict).length
  const unlike =
    differences.length === 0
      ? ''
      : ` But the runs are not alike in ${plural(differences.length, 'thing')}, see below.`
  return `Of ${plural(changes.length, 'figure')}, ${count('slower')} became slower, ${count('faster')} faster, ${count('equivalent')} stayed the same, ${count('inconclusive')} are open and ${count('not_measurable')} could not be measured.${unlike}`
}

export function runsTerminal(comparison: RunComparison): string[] {
  const tables = comparison.sides.flatMap((side) => {
    const { columns, rows, caption } = changeTable(side)
    return [
      '',
      caption,
      ...textTable([
        columns.map(({ text: name }) => name),
        ...rows.map(({ cells }) => cells.map(({ text: words }) => words)),
      ]),
    ]
  })
  return [
    ...comparison.differences.map((line) => `NOT ALIKE: ${line}`),
    ...tables,
    '',
    runsHeadline(comparison),
    CAUTION,
  ].map((line) => line.replace(/\p{Cc}/gu, '?'))
}

export function runsMarkdown(comparison: RunComparison): string {
  const blocks = [
    `# ${TITLE}`,
    escapeMarkdown(subtitle(comparison)),
    `**${escapeMarkdown(runsHeadline(comparison))}**`,
    ...sectionsOf(comparison).flatMap(sectionBlocks),
  ]
  return `${blocks.join('\n\n')}\n`
}

export function runsHtml(comparison: RunComparison): string {
  const sides = comparison.sides.map(
    ({ side: { key, label, store, emulator } }): ReportSide => ({
      key,
      label,
      store,
      warning: emulator ? EMULATOR_WORDS : null,
    }),
  )
  const verdict: Section = {
    id: 'verdict',
    title: 'Verdict',
    chapter: 'Speed',
    contents: [{ kind: 'prose', prose: [runsHeadline(comparison)] }],
  }
  return page({
    title: TITLE,
    subtitle: subtitle(comparison),
    kicker: 'pushcart comparison of runs',
    sides,
    main: [verdict, ...sectionsOf(comparison)].map((section) => sectionHtml(section, sides)),
    footer: 'Every figure is computed from the two result files.',
  })
}

function subtitle({ older, newer }: RunComparison): string {
  const run = (of: RunComparison['older']) =>
    `${readableTime(of.started_at)} (pushcart ${of.pushcart_version})`
  return `Old: ${run(older)}. New: ${run(newer)}.`
}

function sectionsOf(comparison: RunComparison): Section[] {
  const { differences, sides, rules } = comparison
  return [
    ...(differences.length === 0
      ? []
      : [
          {
            id: 'unlike',
            title: 'What is not alike',
            chapter: 'This run' as const,
            contents: [{ kind: 'list' as const, items: differences.map((line) => [line]) }],
          },
        ]),
    ...sides.map(
      (side, place): Section => ({
        id: `side-${place + 1}`,
        title: side.side.label,
        chapter: 'Speed',
        contents: [
          ...(side.side.emulator ? [{ kind: 'note' as const, text: `${EMULATOR_WORDS}.` }] : []),
          { kind: 'table', table: changeTable(side) },
        ],
      }),
    ),
    {
      id: 'method',
      title: 'How to read it',
      chapter: 'This run',
      contents: [
        { kind: 'prose', prose: [CAUTION] },
        {
          kind: 'note',
          text: `Times: median over the valid blocks. Ratio: new divided by old, with the 95 % bootstrap interval of the ratio of the medians. p: permutation test of the logarithms, the blocks of both runs dealt out anew, after Holm's correction over all figures of all sides. Faster or slower: p at most ${rules.alpha}, and a ratio beyond the margin of ${percentText(100 * rules.margin)}. Same: the whole interval within it.`,
        },
      ],
    },
  ]
}

function changeTable({ side, blocks, changes }: SideChange): Table {
  return {
    id: `changes-${side.key}`,
    caption: `${side.label}: ${plural(blocks.older, 'block')} before, ${blocks.newer} now`,
    columns: [
      { text: 'Figure' },
      { text: 'Old', numeric: true },
      { text: 'New', numeric: true },
      { text: 'Ratio', numeric: true },
      { text: '95 % interval', numeric: true },
      { text: 'p', numeric: true },
      { text: 'Verdict' },
    ],
    rows: changes.map((change) => changeRow(side.key, change)),
    notes: [],
  }
}

const WORDS: Readonly<Record<ChangeVerdict, string>> = {
  faster: 'faster',
  slower: 'SLOWER',
  equivalent: 'same',
  inconclusive: 'inconclusive',
  not_measurable: 'not measurable',
}

function changeRow(key: string, change: MetricChange): Row {
  const { name, interval, verdict } = change
  const { title, statistic } = metricWords(name)
  const id = (what: string) => `runs.${name}.${what}.${key}`
  return {
    cells: [
      text(`${title}, ${statistic}`),
      milliseconds(id('old'), change.older),
      milliseconds(id('new'), change.newer),
      ratio(id('ratio'), change.ratio),
      interval === null
        ? text('n/a')
        : proseCell([ratio(id('low'), interval.low), ' to ', ratio(id('high'), interval.high)]),
      probability(id('p'), change.adjusted_p),
      text(WORDS[verdict]),
    ],
  }
}
