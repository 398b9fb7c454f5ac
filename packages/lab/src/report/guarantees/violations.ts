import type { Finding, PlannedFault, Violation } from '@pushcart/histories'
import type { Content, Section } from '../../page/document.ts'
import { explanationOf } from './diagnosis.ts'
import { MEANINGS } from './meanings.ts'
import { timelineSvg } from './timeline.ts'
import {
  count,
  type Explained,
  ofStore,
  operationLines,
  sentence,
  shortId,
  spaced,
} from './words.ts'

/**
 * Violations, with a timeline of each example. The first example of a guarantee is shown, others are in details.
 *
 * @param promised whether to show violations of promised guarantees, or of others (one example each)
 */
export function violationsSection(
  stores: readonly Explained[],
  names: readonly string[],
  promised: boolean,
): Section {
  return {
    id: promised ? 'violations' : 'not-promised',
    title: promised ? 'Violations' : 'Anomalies that no guarantee excludes',
    contents: stores.flatMap(({ report, header }, at) =>
      report.findings
        .filter((one) => one.verdict === 'violated' && one.promised === promised)
        .flatMap((finding) =>
          findingContents(finding, `s${at}`, ofStore(names, at, ': '), header.fault_windows ?? []),
        ),
    ),
  }
}

function findingContents(
  { guarantee, read_mode: mode, promised, violation_count: total, violations }: Finding,
  id: string,
  store: string,
  windows: readonly PlannedFault[],
): Content[] {
  const what = `${store}${spaced(guarantee)}, ${mode}${mode === 'changes' ? '' : ' reads'}`
  const [first = [], ...others] = violations.map((violation, at) =>
    exampleContents(
      violation,
      `v-${id}-${guarantee}-${mode}-${at}`,
      `${what}, ${at + 1} of ${total.toLocaleString('en-US')}`,
      windows,
    ),
  )
  if (!promised || others.length === 0) return first
  const summary = `${count(others.length, 'more example')}: ${what}`
  return [...first, { kind: 'details', summary, contents: others.flat() }]
}

function exampleContents(
  { anomaly, message, cart, operations, fault }: Violation,
  id: string,
  where: string,
  windows: readonly PlannedFault[],
): Content[] {
  const { title, shopper, cause } = MEANINGS[anomaly]
  return [
    { kind: 'heading', text: title },
    { kind: 'note', text: `${where}; cart ${shortId(cart)}` },
    { kind: 'prose', prose: [`${sentence(message)}.`] },
    {
      kind: 'terms',
      terms: [
        { term: 'Effect on shoppers', details: [shopper] },
        // Alone, a symptom would suggest other causes than the fault that the whole run shows.
        fault === undefined || fault === anomaly
          ? { term: 'Usual cause', details: [cause] }
          : { term: 'Symptom of', details: [explanationOf(fault).title] },
      ],
    },
    {
      kind: 'plots',
      legend: false,
      plots: [
        {
          title: 'Timeline',
          draw: () => timelineSvg(id, title, operations, windows),
          scroll: true,
        },
      ],
    },
    { kind: 'list', ordered: true, items: operationLines(operations).map((line) => [line]) },
  ]
}
