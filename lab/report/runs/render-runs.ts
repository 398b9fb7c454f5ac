import { EMULATOR_WORDS } from '../../compare/side.ts'
import { escapeMarkdown, markdownPage } from '../../page/markdown.ts'
import { page } from '../../page/page.ts'
import { headlineSection, sectionHtml } from '../../page/sections.ts'
import { accentStyle } from '../accents.ts'
import { readableTime } from '../circumstances.ts'
import { printable, tableLines } from '../render-terminal.ts'
import type { RunComparison } from './compare-runs.ts'
import { CAUTION, changeTable, type RunFiles, runSections, runsHeadline } from './run-sections.ts'

const TITLE = 'Changes between two runs'

/** Tables and headline for a terminal. */
export function runsTerminal(comparison: RunComparison): string[] {
  const tables = comparison.sides.flatMap((side, place) => {
    const table = changeTable(side, place)
    return ['', table.caption, ...tableLines(table)]
  })
  return [
    ...comparison.differences.map((line) => `DIFFERENT: ${line}`),
    ...tables,
    '',
    runsHeadline(comparison),
    CAUTION,
  ].map(printable)
}

export function runsMarkdown(comparison: RunComparison, files: RunFiles): string {
  const lead = [
    `# ${TITLE}`,
    escapeMarkdown(subtitle(comparison)),
    `**${escapeMarkdown(runsHeadline(comparison))}**`,
  ]
  return markdownPage(lead, runSections(comparison, files))
}

export function runsHtml(comparison: RunComparison, files: RunFiles): string {
  const sides = comparison.sides.map(({ side: { label, store, emulator } }) => ({
    label,
    store,
    warning: emulator ? EMULATOR_WORDS : null,
  }))
  return page({
    title: TITLE,
    subtitles: [subtitle(comparison)],
    kicker: 'pushcart comparison of runs',
    style: accentStyle(sides),
    main: [
      headlineSection('Verdict', [[runsHeadline(comparison)]]),
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
