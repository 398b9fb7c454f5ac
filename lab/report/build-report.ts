import { EMULATOR_WORDS, type Side, storeLabel } from '../compare/side.ts'
import type { Prices } from '../model/cost/prices.ts'
import { readPrices } from '../model/cost/read-prices.ts'
import { decide } from '../model/decide/decide.ts'
import type { StoreName } from '../model/terms/stores.ts'
import type { ComparisonFile } from '../results/comparison-file.ts'
import { readableTime } from './circumstances.ts'
import { consistencySection } from './consistency-section.ts'
import { decisionSections } from './decide/decision-sections.ts'
import { loadGlance, quickGlance } from './glance.ts'
import { blocksSection } from './load/blocks-section.ts'
import { capacitySection } from './load/capacity-section.ts'
import { curveSection } from './load/curve-section.ts'
import { findLoad, type LoadFindings } from './load/findings.ts'
import { growthSection } from './load/growth-section.ts'
import { ratioSection, summaryTable } from './load/ratio-section.ts'
import { resourcesSection } from './load/resources-section.ts'
import { timelineSection } from './load/timeline-section.ts'
import { loadWords } from './load/words.ts'
import { methodSections } from './method-sections.ts'
import { CHAPTERS, type ReportModel, type ReportSide, type Section, type Verdict } from './model.ts'
import type { Opponent } from './opponent.ts'
import { quickComparison, quickSections } from './quick-look.ts'
import { runOf } from './records.ts'
import { recordsSection } from './sources.ts'
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
  const shown = sides.map(({ key, label, store, emulator }) => ({
    key,
    label,
    store,
    warning: emulator ? EMULATOR_WORDS : null,
  }))
  const findings = load === null || load.slots.length === 0 ? null : findLoad(load, sides)
  const comparisons = others.map((other) => quickComparison(first, other))
  return {
    title: title(sides),
    subtitle: `${subtitle(parts, findings)} ${readableTime(environment.started_at)}.`,
    sides: shown,
    verdict: marked(verdict(opponents, consistency, findings), parts.cut_off),
    glance:
      findings === null
        ? opponents.map(quickGlance)
        : findings.sides.map((side) => loadGlance(side, findings.pairs)),
    sections: inChapters([
      ...(findings === null ? [] : loadSections(findings, shown)),
      ...(findings === null || growth === undefined ? [] : [growthSection(findings, growth)]),
      ...(capacity === null ? [] : [capacitySection(capacity, shown)]),
      consistencySection(parts),
      ...decided(parts, prices),
      ...quickSections(comparisons, opponents, shown, findings !== null),
      ...methodSections(parts, findings),
      recordsSection(parts),
    ]),
    summary:
      findings === null
        ? comparisons.map(({ title, overall }) => ({ title, table: overall }))
        : findings.pairs.map((pair) => summaryTable(findings, pair)),
  }
}

/** A run that was cut off is called so before anything else is said of it. */
function marked(found: Verdict, cutOff: string | undefined): Verdict {
  if (cutOff === undefined) return found
  return {
    ...found,
    headline: [`Partial results, the run was cut off (${cutOff}). `, ...found.headline],
  }
}

/** Chapter by chapter, within one in the order given. */
function inChapters(sections: readonly Section[]): Section[] {
  return CHAPTERS.flatMap((chapter) => sections.filter((section) => section.chapter === chapter))
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
