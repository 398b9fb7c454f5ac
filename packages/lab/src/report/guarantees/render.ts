import type { Section } from '../../page/document.ts'
import { escapeMarkdown, markdownPage } from '../../page/markdown.ts'
import { page } from '../../page/page.ts'
import { headlineSection, sectionHtml } from '../../page/sections.ts'
import { diagnosisSection, openingOf } from './diagnosis.ts'
import { freshnessSection } from './freshness.ts'
import { limitsSection } from './limits.ts'
import { matrixTable } from './matrix.ts'
import { CONSISTENCY_STYLE } from './style.ts'
import { violationsSection } from './violations.ts'
import { count, type Explained, headline, ofStore, spaced, storeNames } from './words.ts'

/**
 * The consistency report as one self-contained HTML file.
 *
 * @param stores the results of at least one store; several stand side by side in the matrix
 */
export function consistencyHtml(stores: readonly Explained[]): string {
  return page({
    title: titleOf(stores),
    subtitles: perStore(stores, runText),
    kicker: 'pushcart consistency',
    style: CONSISTENCY_STYLE,
    main: [
      headlineSection(
        'Verdict',
        headlines(stores).map((line) => [line]),
      ),
      ...sectionsOf(stores).map((section) => sectionHtml(section, [])),
    ],
    footer:
      'Every figure is computed from the history in this folder. To check it again: pushcart check.',
  })
}

/** The consistency report as Markdown; report.html shows the timelines and plots. */
export function consistencyMarkdown(stores: readonly Explained[]): string {
  const lead = [
    `# ${escapeMarkdown(titleOf(stores))}`,
    ...perStore(stores, runText).map(escapeMarkdown),
    ...headlines(stores).map((line) => `**${escapeMarkdown(line)}**`),
  ]
  return markdownPage(lead, sectionsOf(stores))
}

function titleOf(stores: readonly Explained[]): string {
  const [one] = stores
  const names = stores.length === 1 ? one?.report.service : storeNames(stores).join(' and ')
  return `Consistency of ${names}`
}

function sectionsOf(stores: readonly Explained[]): Section[] {
  const names = storeNames(stores)
  const all: Section[] = [
    diagnosisSection(stores, names),
    {
      id: 'guarantees',
      title: 'Guarantees',
      contents: [{ kind: 'table', table: matrixTable(stores, names) }],
    },
    violationsSection(stores, names, true),
    violationsSection(stores, names, false),
    freshnessSection(stores, names),
    limitsSection(stores, names),
  ]
  return all.filter(({ contents }) => contents.length > 0)
}

/** What was lost comes first. */
function headlines(stores: readonly Explained[]): string[] {
  const names = storeNames(stores)
  return stores.flatMap((one, at) =>
    [openingOf(one.report), headline(one)]
      .filter((line) => line !== undefined)
      .map((line) => `${ofStore(names, at, ': ')}${line}`),
  )
}

/** A line for each store, with its name if there are several. */
function perStore(stores: readonly Explained[], lineOf: (one: Explained) => string): string[] {
  const names = storeNames(stores)
  return stores.map((one, at) => `${ofStore(names, at, ': ')}${lineOf(one)}`)
}

function runText({ report, header }: Explained): string {
  const { operations, sessions, carts, coverage } = report
  const faults = header.faults.length === 0 ? 'none' : header.faults.map(spaced).join(', ')
  return `${count(operations, 'operation')}, ${count(sessions, 'session')}, ${count(carts, 'cart')}; ${count(coverage.overlaps, 'pair')} of concurrent operations; seed ${report.seed}; injected faults: ${faults}`
}
