import { EMULATOR_WORDS, type Side, storeLabel } from '../compare/side.ts'
import type { StoreName } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { readPrices } from '../cost/read-prices.ts'
import { decide } from '../evidence/decide.ts'
import type { ComparisonFile } from '../results/comparison-file.ts'
import { summarise } from '../stats/summarise.ts'
import { circumstances, method, readableTime } from './circumstances.ts'
import { consistencyDigest, consistencyTable } from './consistency-table.ts'
import { decisionSections } from './decide/decision-sections.ts'
import { milliseconds, percentage } from './format.ts'
import { blocksSection } from './load/blocks-section.ts'
import { capacitySection } from './load/capacity-section.ts'
import { curveSection } from './load/curve-section.ts'
import { findLoad, type LoadFindings, type LoadSide } from './load/findings.ts'
import { growthSection } from './load/growth-section.ts'
import { ratioSection, summaryTable } from './load/ratio-section.ts'
import { resourcesSection } from './load/resources-section.ts'
import { timelineSection } from './load/timeline-section.ts'
import { loadWords } from './load/words.ts'
import type { Content, Glance, ReportModel, ReportSide, Section } from './model.ts'
import type { Opponent } from './opponent.ts'
import { quickComparison, quickSections } from './quick-look.ts'
import { runOf } from './records.ts'
import { attributeTable, from, recordsSection, sourceOf } from './sources.ts'
import { verdict } from './verdict.ts'

/** What a comparison measured: the content of `results.json`. */
export type ReportParts = Omit<ComparisonFile, 'format' | 'version'>

/**
 * Everything the report says, computed from what `results.json` holds. Sections are independent of each other: one more
 * is one more function of the parts.
 *
 * @param prices of the cost model; those that come with the package when left out
 * @throws RangeError if the environment names fewer than two sides
 */
export function buildReport(parts: ReportParts, prices: Prices = readPrices()): ReportModel {
  const { environment, quick_look, consistency, load, capacity, growth } = parts
  const { sides } = environment
  const [first, ...others] = sides.map((side, place) => ({
    side,
    place,
    run: runOf(quick_look, side.key),
  }))
  if (first === undefined || others.length === 0) throw new RangeError('a report needs two sides')
  const opponents: readonly [Opponent, ...Opponent[]] = [first, ...others]
  const shown = sides.map(({ key, label, emulator }) => ({
    key,
    label,
    warning: emulator ? EMULATOR_WORDS : null,
  }))
  const findings = load === null || load.slots.length === 0 ? null : findLoad(load, sides)
  const comparisons = others.map((other) => quickComparison(first, other))
  return {
    title: title(sides),
    subtitle: `${subtitle(parts, findings)} ${readableTime(environment.started_at)}.`,
    sides: shown,
    verdict: verdict(opponents, consistency, findings),
    glance: findings === null ? opponents.map(quickGlance) : findings.sides.map(loadGlance),
    sections: [
      ...(findings === null ? [] : loadSections(findings, shown)),
      ...(findings === null || growth === undefined ? [] : [growthSection(findings, growth)]),
      ...(capacity === null ? [] : [capacitySection(capacity, shown)]),
      ...(findings === null ? [] : decided(parts, prices)),
      ...quickSections(comparisons, opponents, shown, findings !== null),
      ...(findings === null ? decided(parts, prices) : []),
      consistencySection(parts),
      ...methodSections(parts, findings),
      recordsSection(parts),
    ],
    summary:
      findings === null
        ? comparisons.map(({ title, overall }) => ({ title, table: overall }))
        : findings.pairs.map((pair) => summaryTable(findings, pair)),
  }
}

function loadSections(findings: LoadFindings, sides: readonly ReportSide[]): Section[] {
  return [
    ratioSection(findings),
    curveSection(findings, sides),
    blocksSection(findings),
    timelineSection(findings, sides),
    resourcesSection(findings),
  ]
}

/** What follows for a choice between the two stores; nothing where they were not the ones compared. */
function decided(parts: ReportParts, prices: Prices): Section[] {
  const { sides } = parts.environment
  const speaks = (store: StoreName) => sides.findIndex((side) => side.store === store)
  if (speaks('postgres') < 0 || speaks('dynamodb') < 0) return []
  const decision = decide(parts, prices)
  const placeOf = (store: StoreName) =>
    Math.max(
      0,
      sides.findIndex(({ key }) => key === decision.sides[store]),
    )
  const all = decisionSections(decision, {
    postgres: placeOf('postgres'),
    dynamodb: placeOf('dynamodb'),
  })
  // The quick look alone supports no choice: four sections that say what is missing would help nobody.
  const measured = parts.load !== null || parts.operations !== undefined
  return measured ? all : all.filter(({ id }) => id === 'conclusions')
}

/** The databases by name; sides of one database are named once. */
function title(sides: readonly Side[]): string {
  const names = [...new Set(sides.map(({ store, label }) => (store ? storeLabel(store) : label)))]
  return names.length > 1
    ? names.join(' against ')
    : sides.map(({ label }) => label).join(' against ')
}

function subtitle({ environment }: ReportParts, findings: LoadFindings | null): string {
  if (findings === null)
    return `One cart service, ${environment.operations} operations on each side.`
  const { load, valid } = findings
  return `One cart service ${loadWords(load.spec)}, ${valid.length} blocks of ${load.spec.duration_s} s on each side.`
}

function quickGlance({ side, place, run }: Opponent): Glance {
  const { p50, p95, success_rate } = summarise(run.all)
  const source = sourceOf.quickLook(side.key)
  return {
    side: place,
    figures: [
      { name: 'Median', figure: from(source, milliseconds(`overall.p50.${side.key}`, p50)) },
      { name: 'P95', figure: from(source, milliseconds(`overall.p95.${side.key}`, p95)) },
      {
        name: 'Success',
        figure: from(source, percentage(`overall.success_rate.${side.key}`, success_rate)),
      },
    ],
  }
}

function loadGlance({ side, place, figures }: LoadSide): Glance {
  const { p50 = null, p99 = null } = figures.latency.get('overall') ?? {}
  const { error_rate } = figures
  const source = sourceOf.load(side.key)
  const success = error_rate === null ? null : 100 * (1 - error_rate)
  return {
    side: place,
    figures: [
      {
        name: 'Median, all requests',
        figure: from(source, milliseconds(`load.overall.p50.${side.key}`, p50)),
      },
      { name: 'P99', figure: from(source, milliseconds(`load.overall.p99.${side.key}`, p99)) },
      {
        name: 'Success',
        figure: from(source, percentage(`resources.success.${side.key}`, success)),
      },
    ],
  }
}

function consistencySection({ environment, consistency }: ReportParts): Section {
  const { sides, concurrent_clients } = environment
  const whole = attributeTable(
    consistencyTable(sides, consistency, concurrent_clients, []),
    sourceOf.consistency,
  )
  return {
    id: 'consistency-test',
    title: 'Consistency',
    contents: [
      { kind: 'table', table: consistencyDigest(whole) },
      {
        kind: 'details',
        summary: 'Every count',
        contents: [{ kind: 'table', table: whole }],
      },
    ],
  }
}

/** What was run, on what, how it was measured, and how to do it again. */
function methodSections({ environment }: ReportParts, findings: LoadFindings | null): Section[] {
  const paragraphs = (lines: readonly string[]): Content[] =>
    lines.map((line) => ({ kind: 'prose', prose: [line] }))
  return [
    {
      id: 'run',
      title: 'What was run',
      contents: [{ kind: 'terms', terms: circumstances(environment, findings) }],
    },
    {
      id: 'method',
      title: 'How it was measured',
      contents: paragraphs(method(environment, findings)),
    },
    {
      id: 'again',
      title: 'Run it again',
      contents: [
        { kind: 'command', command: environment.command },
        ...paragraphs([
          'The seed gives the same operations; the times will differ from run to run. Run it more than once before believing a small difference.',
          'Two running deployments are compared with: npx pushcart compare --a URL --b URL',
          ...(findings === null
            ? [
                'For a verdict on speed, give them a load: npx pushcart compare --rate 200 --blocks 10. The noise floor of this machine: npx pushcart compare --self.',
              ]
            : ['The noise floor of this machine: npx pushcart compare --self.']),
        ]),
      ],
    },
  ]
}
