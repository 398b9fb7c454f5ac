import type { Prices } from '../model/cost/prices.ts'
import { readPrices } from '../model/cost/read-prices.ts'
import { type Decision, decide } from '../model/decide/decide.ts'
import type { Shop } from '../model/decide/shop.ts'
import { perStore, type StoreName } from '../model/terms/stores.ts'
import type { Section } from '../page/document.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { runOf } from '../results/records.ts'
import { EMULATOR_WORDS, type Side, storeLabel } from '../results/side.ts'
import { readableTime } from './circumstances.ts'
import { consistencySection } from './consistency-section.ts'
import { adviceTable } from './decide/advice-table.ts'
import type { StorePlaces } from './decide/content.ts'
import { decisionSections } from './decide/decision-sections.ts'
import { decisionOpening } from './decide/opening.ts'
import { loadGlance, quickGlance } from './glance.ts'
import { methodSections } from './method-sections.ts'
import { CHAPTERS, type Glance, type Headline, type ReportModel, type ReportSide } from './model.ts'
import type { Opponent } from './opponent.ts'
import { blocksSection } from './performance/blocks-section.ts'
import { capacitySection } from './performance/capacity-section.ts'
import { curveSection } from './performance/curve-section.ts'
import { layoutSides } from './performance/data-model.ts'
import { dataModelSection } from './performance/data-model-section.ts'
import { findLoad, type LoadFindings } from './performance/findings.ts'
import { growthSection } from './performance/growth-section.ts'
import { ratioSection, summaryTable } from './performance/ratio-section.ts'
import { resourcesSection } from './performance/resources-section.ts'
import { timelineSection } from './performance/timeline-section.ts'
import { loadWords, plural } from './performance/words.ts'
import { quickComparison, quickSections } from './quick-look.ts'
import { recordsSection } from './sources.ts'
import { findingsOf, speedOpening, speedSection } from './verdict.ts'

/**
 * The report, computed from the content of `results.json`. Sections are independent functions of the parts.
 *
 * @param prices of the cost model; default: those of the package
 * @param shop of the reader; default: four typical shops
 * @throws RangeError if the environment has fewer than two targets
 */
export function buildReport(
  parts: ComparisonParts,
  prices: Prices = readPrices(),
  shop?: Shop,
): ReportModel {
  const { environment, quick_look, consistency, load, capacity, growth, noise = null } = parts
  const { sides } = environment
  const [first, ...others] = sides.map((side, place) => ({
    side,
    place,
    run: runOf(quick_look, side.key),
  }))
  if (first === undefined || others.length === 0) throw new RangeError('a report needs two targets')
  const opponents: readonly [Opponent, ...Opponent[]] = [first, ...others]
  const shown = sides.map(({ key, label, store, emulator }) => ({
    key,
    label,
    store,
    warning: emulator ? EMULATOR_WORDS : null,
  }))
  const findings = load === null || load.slots.length === 0 ? null : findLoad(load, sides, noise)
  const comparisons = others.map((other) => quickComparison(first, other))
  const found = findingsOf(opponents, consistency, findings)
  const choice = decided(parts, prices, shop)
  const opening =
    choice === null
      ? speedOpening(found, sides, findings?.self ?? false)
      : decisionOpening(choice.decision, found.proven, choice.places, layoutSides(sides) !== null)
  return {
    title: title(sides),
    subtitle: `${subtitle(parts, findings)} ${readableTime(environment.started_at)}.`,
    sides: shown,
    verdict: marked(opening, parts.cut_off),
    glance: choice === null ? glanceOf(opponents, findings) : [],
    sections: inChapters([
      ...(choice === null ? [] : [speedSection(found)]),
      ...(findings === null ? [] : loadSections(findings, shown)),
      ...(findings === null || growth === undefined ? [] : [growthSection(findings, growth)]),
      ...(capacity === null ? [] : [capacitySection(capacity, shown)]),
      consistencySection(parts),
      ...(choice === null ? [] : decisionSections(choice.decision, choice.places)),
      ...dataModelSection(parts, findings),
      ...quickSections(comparisons, opponents, shown, findings !== null),
      ...methodSections(parts, findings),
      recordsSection(parts),
    ]),
    summary: [
      ...(findings === null
        ? comparisons.map(({ title, overall }) => ({ title, table: overall }))
        : findings.pairs.map((pair) => summaryTable(findings, pair))
      ).map(({ title, table }, place) => ({ title: withCaveat(title, sides[place + 1]), table })),
      ...(choice === null
        ? []
        : [{ title: opening.title, table: adviceTable(choice.decision, choice.places) }]),
    ],
  }
}

/** A title of times; those of an emulator say so, because a terminal shows nothing else of it. */
function withCaveat(title: string, side: Side | undefined): string {
  return side?.emulator ? `${title}; ${EMULATOR_WORDS}` : title
}

function glanceOf(opponents: readonly Opponent[], findings: LoadFindings | null): Glance[] {
  return findings === null
    ? opponents.map(quickGlance)
    : findings.sides.map((side) => loadGlance(side, findings.pairs))
}

/** The verdict, whose headline starts with the reason if the run ended early. */
function marked(found: Headline, cutOff: string | undefined): Headline {
  if (cutOff === undefined) return found
  return {
    ...found,
    headline: [`Partial results: the run ended early (${cutOff}). `, ...found.headline],
  }
}

/** The sections that are open. All others are one click away, so that the page can be read to its end. */
const OPEN: ReadonlySet<string> = new Set([
  'sensitivity',
  'data-model',
  'cost',
  'requirements',
  'consistency',
  'speed',
  'load',
  'pair-1',
])

/** Sections sorted by chapter, most of them folded. */
function inChapters(sections: readonly Section[]): Section[] {
  return CHAPTERS.flatMap((chapter) => {
    const own = sections.filter((section) => section.chapter === chapter)
    const [open, folded] = [true, false].map((kind) =>
      own.filter(({ id }) => OPEN.has(id) === kind),
    )
    return [...(open ?? []), ...(folded ?? []).map((one) => ({ ...one, folded: true as const }))]
  })
}

function loadSections(findings: LoadFindings, sides: readonly ReportSide[]): Section[] {
  return [
    ratioSection(findings),
    curveSection(findings, sides),
    blocksSection(findings, sides),
    timelineSection(findings, sides),
    resourcesSection(findings),
  ]
}

/** The choice of a store; `null` unless both stores were compared. */
function decided(
  parts: ComparisonParts,
  prices: Prices,
  shop: Shop | undefined,
): { readonly decision: Decision; readonly places: StorePlaces } | null {
  const { sides } = parts.environment
  const has = (store: StoreName) => sides.some((side) => side.store === store)
  if (!has('postgres') || !has('dynamodb')) return null
  const decision = decide(parts, prices, { shop })
  const placeOf = (store: StoreName) =>
    Math.max(
      0,
      sides.findIndex(({ key }) => key === decision.sides[store]),
    )
  return { decision, places: perStore(placeOf) }
}

/** The names of the databases, or the labels of targets on one database. */
function title(sides: readonly Side[]): string {
  const names = [...new Set(sides.map(({ store, label }) => (store ? storeLabel(store) : label)))]
  return names.length > 1
    ? names.join(' against ')
    : sides.map(({ label }) => label).join(' against ')
}

function subtitle({ environment }: ComparisonParts, findings: LoadFindings | null): string {
  if (findings === null) return `One cart service, ${environment.operations} operations per target.`
  const { load, valid } = findings
  return `One cart service ${loadWords(load.spec)}, ${plural(valid.length, 'block')} of ${load.spec.duration_s} s per target.`
}
