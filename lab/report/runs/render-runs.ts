import { EMULATOR_WORDS } from '../../compare/side.ts'
import { textTable } from '../../terminal/text-table.ts'
import { readableTime } from '../circumstances.ts'
import { page } from '../html/render-html.ts'
import { headlineSection, sectionHtml } from '../html/sections.ts'
import { escapeMarkdown, sectionBlocks } from '../markdown.ts'
import type { ReportSide } from '../model.ts'
import type { RunComparison } from './compare-runs.ts'
import { CAUTION, changeTable, type RunFiles, runSections, runsHeadline } from './run-sections.ts'

const TITLE = 'Two runs of the same comparison'

/** The sentence and the tables for a terminal. */
export function runsTerminal(comparison: RunComparison): string[] {
  const tables = comparison.sides.flatMap((side, place) => {
    const { columns, rows, caption } = changeTable(side, place)
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

export function runsMarkdown(comparison: RunComparison, files: RunFiles): string {
  const blocks = [
    `# ${TITLE}`,
    escapeMarkdown(subtitle(comparison)),
    `**${escapeMarkdown(runsHeadline(comparison))}**`,
    ...runSections(comparison, files).flatMap(sectionBlocks),
  ]
  return `${blocks.join('\n\n')}\n`
}

export function runsHtml(comparison: RunComparison, files: RunFiles): string {
  const sides = comparison.sides.map(
    ({ side: { key, label, store, emulator } }): ReportSide => ({
      key,
      label,
      store,
      warning: emulator ? EMULATOR_WORDS : null,
    }),
  )
  return page({
    title: TITLE,
    subtitle: subtitle(comparison),
    kicker: 'pushcart comparison of runs',
    sides,
    main: [
      headlineSection([runsHeadline(comparison)]),
      ...runSections(comparison, files).map((section) => sectionHtml(section, sides)),
    ],
    footer: 'Every figure is computed from the two result files.',
  })
}

function subtitle({ older, newer }: RunComparison): string {
  const run = (of: RunComparison['older']) =>
    `${readableTime(of.started_at)} (pushcart ${of.pushcart_version})`
  return `Old: ${run(older)}. New: ${run(newer)}.`
}
