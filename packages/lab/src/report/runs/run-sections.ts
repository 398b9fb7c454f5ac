import {
  type Cell,
  columns,
  type Figure,
  items,
  link,
  muted,
  note,
  type Prose,
  paragraph,
  proseCell,
  type Row,
  type Section,
  type Table,
  tabular,
  text,
} from '../../page/document.ts'
import { accent, symbol } from '../../page/plot/series.ts'
import { EMULATOR_WORDS } from '../../results/side.ts'
import { milliseconds, NOTHING, percentText, probability, ratio } from '../format.ts'
import { metricWords, plural } from '../performance/words.ts'
import { forestPlot } from '../plots/forest-plot.ts'
import { from, recordTable } from '../sources.ts'
import type { ChangeVerdict, MetricChange, RunComparison, SideChange } from './compare-runs.ts'

/** Relative links from the page to the two result files. */
export interface RunFiles {
  readonly older: string
  readonly newer: string
}

export const CAUTION =
  'All blocks of a run share the state of the machine, so a difference between two runs may come from the machine rather than the service. To confirm a change, measure both versions in one comparison: npx pushcart compare --a OLD --b NEW --rate 200'

/** The result in a sentence or two. */
export function runsHeadline({ sides, differences }: RunComparison): string {
  if (sides.length === 0) return 'The two runs have no target under load in common.'
  const changes = sides.flatMap((side) => side.changes)
  const count = (verdict: ChangeVerdict) =>
    changes.filter((change) => change.verdict === verdict).length
  const unlike =
    differences.length === 0
      ? ''
      : ` The runs also differ in ${plural(differences.length, 'setting')}, listed below.`
  const rest = `${count('equivalent')} equivalent, ${count('inconclusive')} inconclusive, ${count('not_measurable')} not measurable.${unlike}`
  return count('slower') + count('faster') === 0
    ? `No significant change in ${plural(changes.length, 'figure')}: ${rest}`
    : `Of ${plural(changes.length, 'figure')}: ${count('slower')} slower, ${count('faster')} faster, ${rest}`
}

/** Other differences of the runs, the changes of every target, how to read them, and the sources of the numbers. */
export function runSections(comparison: RunComparison, files: RunFiles): Section[] {
  const { differences, sides, rules } = comparison
  return [
    ...(differences.length === 0
      ? []
      : [
          {
            id: 'unlike',
            title: 'Differences in environment and settings',
            chapter: 'This run' as const,
            contents: [items(differences.map((line) => [line]))],
          },
        ]),
    ...sides.map((side, place) => sideSection(side, place, rules.margin)),
    {
      id: 'method',
      title: 'How to read it',
      chapter: 'This run',
      contents: [
        paragraph(CAUTION),
        note(
          `Times: median over the valid blocks. Ratio: new to old, with the 95 % bootstrap confidence interval of the ratio of the medians. p: permutation test on logarithms, adjusted by Holm's method over all figures of all targets. Faster or slower: p at most ${rules.alpha} and a ratio outside the equivalence margin of ${percentText(100 * rules.margin)}. Equivalent: the whole confidence interval within the margin.`,
        ),
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
                  title: `${label}: ratio of new to old`,
                  draw: () => changePlot(side, place, margin),
                },
              ],
            },
          ]
        : []),
      tabular(changeTable(side, place)),
      ...(emulator ? [note(`${EMULATOR_WORDS}.`)] : []),
    ],
  }
}

function changePlot({ side, changes }: SideChange, place: number, margin: number): string {
  return forestPlot({
    id: `forest-${side.key}`,
    title: `Ratio of response times, new to old run, ${side.label}`,
    below: { words: 'favours the new run', color: 'var(--ink)' },
    above: { words: 'favours the old run', color: 'var(--ink)' },
    axis: 'new / old',
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

/** Every figure of a target in both runs. */
export function changeTable({ side, blocks, changes }: SideChange, place: number): Table {
  const warning = side.emulator ? ` (${EMULATOR_WORDS})` : ''
  return {
    id: `changes-${side.key}`,
    caption: `${side.label}: ${plural(blocks.older, 'block')} in the old run, ${blocks.newer} in the new${warning}`,
    columns: columns('Figure', '#Old', '#New', '#Ratio', '#95 % CI', '#p', 'Verdict'),
    rows: changes.map((change) => changeRow(side.key, change, place)),
  }
}

const WORDS: Readonly<Record<ChangeVerdict, string>> = {
  faster: 'faster',
  slower: 'SLOWER',
  equivalent: 'equivalent',
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
      ? muted(NOTHING)
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

/** The records of both files that the figures link to. */
function recordsSection({ sides }: RunComparison, files: RunFiles): Section {
  const slots = (which: keyof RunFiles) => {
    const href = `${files[which]}#/load/slots`
    return link(decodeURI(href), href)
  }
  const rowsOf = ({ side: { key, label } }: SideChange): Row[] => {
    const row = (which: keyof RunFiles | 'both', title: string, prose: Prose): Row => ({
      id: anchor(which, key),
      cells: [text(`${title}: ${label}`), proseCell(prose), text(`"side": "${key}", valid blocks`)],
    })
    return [
      row('older', 'Old', [slots('older')]),
      row('newer', 'New', [slots('newer')]),
      row('both', 'Ratio, confidence interval and p', [slots('older'), ' and ', slots('newer')]),
    ]
  }
  return recordTable(sides.flatMap(rowsOf), 'Records', [
    'Every number above links to a row of this table, which identifies records of the two files by JSON pointers.',
  ])
}
