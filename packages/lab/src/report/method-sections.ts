import { type Content, link, type Prose, paragraph, type Section } from '../page/document.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { circumstances, method } from './circumstances.ts'
import type { LoadFindings } from './performance/findings.ts'
import { recordHref } from './sources.ts'

/** Where the settings of a run are recorded. */
function settingsLinks(findings: LoadFindings | null): Prose {
  const recorded = (pointer: string) => link(recordHref(pointer), recordHref(pointer))
  return findings === null
    ? [recorded('/environment')]
    : [recorded('/environment'), ' and ', recorded('/load/spec')]
}

/** What ran, how it was measured, and how to repeat it. */
export function methodSections(
  { environment }: ComparisonParts,
  findings: LoadFindings | null,
): Section[] {
  const paragraphs = (lines: readonly string[]): Content[] => lines.map((line) => paragraph(line))
  return [
    {
      id: 'run',
      title: 'Environment and load',
      chapter: 'This run',
      contents: [
        { kind: 'terms', terms: circumstances(environment, findings) },
        paragraph('Recorded in ', ...settingsLinks(findings), '.'),
      ],
    },
    {
      id: 'method',
      title: 'How it was measured',
      short: 'Method',
      chapter: 'This run',
      contents: paragraphs(method(environment, findings)),
    },
    {
      id: 'again',
      title: 'Reproduce this run',
      chapter: 'This run',
      contents: [
        { kind: 'command', command: environment.command },
        ...paragraphs([
          'The same seed generates the same operations; times vary from run to run. Repeat the run before you rely on a small difference.',
          `To compare two running deployments: npx pushcart compare --a URL --b URL ${loadOptions(findings)} --requirements`,
          ...(findings === null
            ? ['To put the embedded databases under load: npx pushcart compare --rate 200.']
            : []),
          `To measure the noise floor of this machine: npx pushcart compare --self ${loadOptions(findings)}. Pass its results.json to compare or report with --noise.`,
        ]),
      ],
    },
  ]
}

/** Options of this run's load, or those required for a verdict. */
function loadOptions(findings: LoadFindings | null): string {
  if (findings === null) return '--rate 200'
  const { loop, rate } = findings.load.spec
  return loop === 'open' ? `--rate ${rate}` : '--closed'
}
