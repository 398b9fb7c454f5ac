import type { PipelineCheck, PipelineReport } from './checks.ts'

/** The checks as JUnit XML, which most pipelines read: a failed check is a failure, an inconclusive one an error. */
export function junitXml(report: PipelineReport): string {
  const groups = Map.groupBy(report.checks, ({ group }) => group)
  const suites = [...groups].map(([group, checks]) => suite(group, checks))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(report.title)}" ${countsOf(report.checks)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function suite(group: string, checks: readonly PipelineCheck[]): string {
  return [
    `  <testsuite name="${escapeXml(group)}" ${countsOf(checks)}>`,
    ...checks.map((check) => testCase(check)),
    '  </testsuite>',
  ].join('\n')
}

function testCase({ group, name, outcome, detail }: PipelineCheck): string {
  const start = `    <testcase classname="${escapeXml(group)}" name="${escapeXml(name)}"`
  if (outcome === 'passed') return `${start}/>`
  const tag = outcome === 'failed' ? 'failure' : 'error'
  return `${start}><${tag} message="${escapeXml(detail)}"/></testcase>`
}

function countsOf(checks: readonly PipelineCheck[]): string {
  const count = (outcome: PipelineCheck['outcome']) =>
    checks.filter((check) => check.outcome === outcome).length
  return `tests="${checks.length}" failures="${count('failed')}" errors="${count('inconclusive')}"`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Text for an attribute. Characters that XML 1.0 does not have are replaced. */
function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '?')
}
