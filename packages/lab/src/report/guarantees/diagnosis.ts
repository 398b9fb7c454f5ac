import type { Balance, Diagnosis, Report, Symptom, Violation } from '@pushcart/histories'
import type { Content, Section } from '../../page/document.ts'
import { MEANINGS, type Meaning } from './meanings.ts'
import { count, type Explained, ofStore, operationLines, sentence, spaced } from './words.ts'

/** A fault explained, with what rules out the others. */
interface Explanation extends Meaning {
  readonly why: string
}

const EXPLANATIONS: Readonly<Partial<Record<Diagnosis['fault'], Explanation>>> = {
  lost_update: {
    ...MEANINGS.lost_add,
    title: 'Lost updates',
    why: 'No later read of any client showed these units again, so the reads were not stale. The losses are in carts whose changes overlapped.',
  },
  dropped_write: {
    ...MEANINGS.lost_write,
    title: 'Acknowledged changes are dropped',
    why: 'No later read of any client showed these units again, so the reads were not stale. Some of the lost changes overlapped no other change of the cart, so concurrency alone does not explain them.',
    cause:
      'A response that is sent before the write is durable, a write whose error is ignored, or last-write-wins by clocks that differ.',
  },
  applied_twice: {
    ...MEANINGS.duplicated_add,
    title: 'Changes are applied twice',
    why: 'Carts hold more units than all requests together asked for, and no removal or lower quantity explains them.',
  },
  stale_read: {
    ...MEANINGS.stale_read,
    title: 'Stale reads',
    why: 'Later reads showed what these reads lacked, so nothing of it was lost.',
  },
}

export function explanationOf(fault: Diagnosis['fault']): Meaning & { readonly why?: string } {
  return EXPLANATIONS[fault] ?? MEANINGS[fault as Violation['anomaly']]
}

/** What is missing in the end, in one sentence: the first of every report on a service that breaks a promise. */
export function openingOf({ verdict, balance }: Report): string | undefined {
  if (verdict !== 'violated') return undefined
  const { acknowledged, missing, doubled, carts, carts_touched } = balance
  if (acknowledged === 0 && doubled === 0) return undefined
  const all = `${acknowledged.toLocaleString('en-US')} acknowledged unit${acknowledged === 1 ? '' : 's'}`
  if (missing === 0 && doubled === 0)
    return `No unit is lost or doubled: the carts hold all ${all} at the end (${count(carts, 'cart')}).`
  const parts = [
    `${missing.toLocaleString('en-US')} of ${all} ${missing === 1 ? 'is' : 'are'} missing at the end`,
    ...(doubled > 0 ? [`${count(doubled, 'unit')} ${doubled === 1 ? 'is' : 'are'} doubled`] : []),
  ].join(' and ')
  const touched = `in ${carts_touched.toLocaleString('en-US')} of ${count(carts, 'cart')}`
  return `${parts}, ${touched}${frequencyOf(balance)}.`
}

function frequencyOf({ lost_changes: lost, changes }: Balance): string {
  if (lost === 0 || changes === 0) return ''
  const share = (1000 * lost) / changes
  const perThousand = share >= 10 ? share.toFixed(0) : share.toPrecision(2)
  return `: at least ${perThousand} of every 1,000 acknowledged changes`
}

/** The diagnoses as lines, each with its symptoms and the example that shows it best. */
export function diagnosisLines({ report }: Explained): string[] {
  return report.diagnoses.flatMap((diagnosis) => {
    const { title, why, shopper, cause } = explanationOf(diagnosis.fault)
    const example = exampleOf(report, diagnosis)
    return [
      '',
      `Diagnosis: ${title} (${count(diagnosis.carts, 'cart')})`,
      ...(why === undefined ? [] : [`  why: ${why}`]),
      `  effect on shoppers: ${shopper}`,
      `  usual cause: ${cause}`,
      '  symptoms:',
      ...diagnosis.symptoms.map((symptom) => `    ${symptomText(symptom)}`),
      ...(example === undefined
        ? []
        : [
            `  example: ${example.message}`,
            ...operationLines(example.operations).map((line) => `    ${line}`),
          ]),
    ]
  })
}

/** A section with one part for each diagnosis. */
export function diagnosisSection(stores: readonly Explained[], names: readonly string[]): Section {
  return {
    id: 'diagnosis',
    title: 'Diagnosis',
    contents: stores.flatMap(({ report }, at) =>
      report.diagnoses.flatMap((diagnosis): Content[] => {
        const { title, why, shopper, cause } = explanationOf(diagnosis.fault)
        return [
          { kind: 'heading', text: `${ofStore(names, at, ': ')}${title}` },
          ...(why === undefined ? [] : [{ kind: 'prose' as const, prose: [why] }]),
          {
            kind: 'terms',
            terms: [
              { term: 'Carts', details: [diagnosis.carts.toLocaleString('en-US')] },
              { term: 'Effect on shoppers', details: [shopper] },
              { term: 'Usual cause', details: [cause] },
            ],
          },
          { kind: 'note', text: 'Symptoms:' },
          { kind: 'list', items: diagnosis.symptoms.map((one) => [sentence(symptomText(one))]) },
        ]
      }),
    ),
  }
}

function symptomText({ guarantee, read_mode: mode, anomaly, count: total, carts }: Symptom) {
  const cell = `${spaced(guarantee)}, ${mode}${mode === 'changes' ? '' : ' reads'}`
  const title = MEANINGS[anomaly].title
  return `${cell}: ${title.charAt(0).toLowerCase()}${title.slice(1)}, ${count(total, 'time')} in ${count(carts, 'cart')}`
}

/** The example that is easiest to follow: of lines rather than of an order, and with few operations. */
function exampleOf({ findings }: Report, { fault }: Diagnosis): Violation | undefined {
  const own = findings.flatMap(({ promised, violations }) =>
    promised ? violations.filter((one) => one.fault === fault) : [],
  )
  const rank = ({ guarantee, anomaly, operations }: Violation): number =>
    (anomaly === fault || guarantee === 'lines' ? 0 : 1000) + operations.length
  return own.sort((a, b) => rank(a) - rank(b))[0]
}
