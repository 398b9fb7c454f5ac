import type { PipelineReport } from './checks.ts'

/** Checks that get a line; GitHub shows ten of a step. */
const MAX_ANNOTATIONS = 10

/** GitHub workflow commands: an error for each failed check, a warning for each inconclusive one. */
export function annotations({ title, checks }: PipelineReport): string[] {
  return checks
    .filter(({ outcome }) => outcome !== 'passed')
    .toSorted((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed'))
    .slice(0, MAX_ANNOTATIONS)
    .map(({ group, name, outcome, detail }) => {
      const command = outcome === 'failed' ? 'error' : 'warning'
      const message = `${group}: ${name} ${outcome}${detail === '' ? '' : ` (${detail})`}`
      return `::${command} title=${escapeProperty(title)}::${escapeData(message)}`
    })
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
