import { link } from '../../page/document.ts'
import { escapeMarkdown, markdownPage } from '../../page/markdown.ts'
import { page } from '../../page/page.ts'
import { headlineSection, sectionHtml } from '../../page/sections.ts'
import { accentStyle } from '../accents.ts'
import { printable, tableLines } from '../render-terminal.ts'
import type { LoadReport } from './load-report.ts'

/** Tables and headline for a terminal. */
export function loadTerminal({ headline, sections }: LoadReport): string[] {
  const tables = sections.flatMap(({ contents }) =>
    contents.flatMap((content) =>
      content.kind === 'table' ? [content.table.caption, ...tableLines(content.table), ''] : [],
    ),
  )
  return [...tables, headline].map(printable)
}

/** @param results relative link to the result file */
export function loadMarkdown(
  { title, subtitle, headline, sections }: LoadReport,
  results: string,
): string {
  const lead = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(subtitle),
    `**${escapeMarkdown(headline)}**`,
    `Every figure is from [the result file](${results}).`,
  ]
  return markdownPage(lead, sections)
}

/** @param results relative link to the result file */
export function loadHtml(
  { title, subtitle, headline, sections, series }: LoadReport,
  results: string,
): string {
  return page({
    title,
    subtitles: [subtitle],
    kicker: 'pushcart load report',
    style: accentStyle(series.map(() => ({ store: null }))),
    main: [
      headlineSection('Result', [
        [headline],
        ['Every figure is from ', link('the result file', results), '.'],
      ]),
      ...sections.map((section) => sectionHtml(section, series)),
    ],
    footer: 'Every figure is from the result file.',
  })
}
