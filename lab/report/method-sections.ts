import type { ReportParts } from './build-report.ts'
import { circumstances, method } from './circumstances.ts'
import type { LoadFindings } from './load/findings.ts'
import type { Content, Prose, Section } from './model.ts'
import { recordHref } from './sources.ts'

/** Where the settings of a run are recorded. */
function settingsLinks(findings: LoadFindings | null): Prose {
  const link = (pointer: string): Prose => {
    const href = recordHref(pointer)
    return [{ kind: 'link', text: href, href }]
  }
  return findings === null
    ? link('/environment')
    : [...link('/environment'), ' and ', ...link('/load/spec')]
}

/** What was run, on what, how it was measured, and how to do it again. */
export function methodSections(
  { environment }: ReportParts,
  findings: LoadFindings | null,
): Section[] {
  const paragraphs = (lines: readonly string[]): Content[] =>
    lines.map((line) => ({ kind: 'prose', prose: [line] }))
  return [
    {
      id: 'run',
      title: 'What was run',
      chapter: 'This run',
      contents: [
        { kind: 'terms', terms: circumstances(environment, findings) },
        { kind: 'prose', prose: ['Recorded in ', ...settingsLinks(findings), '.'] },
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
      title: 'Run it again',
      chapter: 'This run',
      contents: [
        { kind: 'command', command: environment.command },
        ...paragraphs([
          'The seed gives the same operations; the times will differ from run to run. Run it more than once before believing a small difference.',
          `Two running deployments are compared with: npx pushcart compare --a URL --b URL ${loadOptions(findings)} --requirements`,
          ...(findings === null
            ? ['The embedded databases under load: npx pushcart compare --rate 200.']
            : []),
          'The noise floor of this machine: npx pushcart compare --self.',
        ]),
      ],
    },
  ]
}

/** The load of this run, or what a verdict takes. */
function loadOptions(findings: LoadFindings | null): string {
  if (findings === null) return '--rate 200'
  const { loop, rate } = findings.load.spec
  return loop === 'open' ? `--rate ${rate}` : '--closed'
}
