import { EMULATOR_WORDS } from '../../compare/side.ts'
import { milliseconds, percentText, probability, ratio } from '../format.ts'
import { metricWords, plural } from '../load/words.ts'
import {
  type Cell,
  type Figure,
  type Prose,
  proseCell,
  type Row,
  type Section,
  type Table,
  text,
} from '../model.ts'
import { forestPlot } from '../plots/forest-plot.ts'
import { accent, symbol } from '../plots/style.ts'
import { from, recordTable } from '../sources.ts'
import type { ChangeVerdict, MetricChange, RunComparison, SideChange } from './compare-runs.ts'

/** The two result files as links lead to them from where the page is. */
export interface RunFiles {
  readonly older: string
  readonly newer: string
}

export const CAUTION =
  'The blocks of one run share the state that the machine was in, so a difference between two runs can be one of the hour. To be sure of a change, measure both versions in one comparison: npx pushcart compare --a OLD --b NEW --rate 200'

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
  const rest = `${count('equivalent')} stayed the same, ${count('inconclusive')} are open and ${count('not_measurable')} could not be measured.${unlike}`
  return count('slower') + count('faster') === 0
    ? `No figure is known to have changed: of ${changes.length}, ${rest}`
    : `Of ${plural(changes.length, 'figure')}, ${count('slower')} became slower and ${count('faster')} faster; ${rest}`
}

/** What differs besides, how every side changed, how to read it, and where the numbers come from. */
export function runSections(comparison: RunComparison, files: RunFiles): Section[] {
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
    ...sides.map((side, place) => sideSection(side, place, rules.margin)),
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
    recordsSection(comparison, files),
  ]
}

function sideSection(side: SideChange, place: number, margin: number): Section {
  const { label, emulator } = side.side
  const drawn = side.changes.some((change) => change.ratio !== null)
  return {
    id: `side-${place + 1}`,
    title: label,
    chapter: 'Speed',
    contents: [
      ...(drawn
        ? [
            {
              kind: 'plots' as const,
              legend: false,
              plots: [
                {
                  title: `New divided by old: ${label}`,
                  draw: () => changePlot(side, place, margin),
                },
              ],
            },
          ]
        : []),
      { kind: 'table', table: changeTable(side, place) },
      ...(emulator ? [{ kind: 'note' as const, text: `${EMULATOR_WORDS}.` }] : []),
    ],
  }
}

function changePlot({ side, changes }: SideChange, place: number, margin: number): string {
  return forestPlot({
    id: `forest-${side.key}`,
    title: `Times of the new run divided by those of the old, ${side.label}`,
    below: { words: 'faster now', color: 'var(--ink)' },
    above: { words: 'slower now', color: 'var(--ink)' },
    axis: 'time now / time before',
    rows: changes.map(({ name, ratio: value, interval, verdict }) => ({
      name,
      ratio: value,
      interval,
      color: verdict === 'faster' || verdict === 'slower' ? accent(place) : null,
      symbol: symbol(place),
    })),
    margin,
    warning: side.emulator ? EMULATOR_WORDS : null,
  })
}

/** Every figure of a side, before and now. */
export function changeTable({ side, blocks, changes }: SideChange, place: number): Table {
  const warning = side.emulator ? ` (${EMULATOR_WORDS})` : ''
  return {
    id: `changes-${side.key}`,
    caption: `${side.label}: ${plural(blocks.older, 'block')} before, ${blocks.newer} now${warning}`,
    columns: [
      { text: 'Figure' },
      { text: 'Old', numeric: true },
      { text: 'New', numeric: true },
      { text: 'Ratio', numeric: true },
      { text: '95 % interval', numeric: true },
      { text: 'p', numeric: true },
      { text: 'Verdict' },
    ],
    rows: changes.map((change) => changeRow(side.key, change, place)),
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

function changeRow(key: string, change: MetricChange, place: number): Row {
  const { name, interval, verdict } = change
  const { title, statistic } = metricWords(name)
  const id = (what: string) => `runs.${name}.${what}.${key}`
  const both = (figure: Figure) => from(anchor('both', key), figure)
  const bounds: Cell =
    interval === null
      ? text('n/a')
      : proseCell([
          both(ratio(id('low'), interval.low)),
          ' to ',
          both(ratio(id('high'), interval.high)),
        ])
  const known = verdict === 'faster' || verdict === 'slower'
  return {
    cells: [
      text(`${title}, ${statistic}`),
      from(anchor('older', key), milliseconds(id('old'), change.older)),
      from(anchor('newer', key), milliseconds(id('new'), change.newer)),
      both(ratio(id('ratio'), change.ratio)),
      bounds,
      both(probability(id('p'), change.adjusted_p)),
      known ? text(WORDS[verdict], place) : text(WORDS[verdict]),
    ],
  }
}

function anchor(which: keyof RunFiles | 'both', key: string): string {
  return `from-${which}-${key}`
}

/** The records of both files that the figures lead to. */
function recordsSection({ sides }: RunComparison, files: RunFiles): Section {
  const link = (which: keyof RunFiles): Prose => {
    const href = `${files[which]}#/load/slots`
    return [{ kind: 'link', text: decodeURI(href), href }]
  }
  const rowsOf = ({ side: { key, label } }: SideChange): Row[] => {
    const row = (which: keyof RunFiles | 'both', title: string, prose: Prose): Row => ({
      id: anchor(which, key),
      cells: [
        text(`${title}: ${label}`),
        proseCell(prose),
        text(`"side": "${key}", in valid blocks`),
      ],
    })
    return [
      row('older', 'Old', link('older')),
      row('newer', 'New', link('newer')),
      row('both', 'Ratio, interval and p', [...link('older'), ' and ', ...link('newer')]),
    ]
  }
  return recordTable(sides.flatMap(rowsOf), 'Records', [
    'Every number above leads to a row here, which names records of the two files by JSON pointers.',
  ])
}
