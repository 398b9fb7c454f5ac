import type { ReportParts } from './build-report.ts'
import { consistencyDigest, consistencyTable } from './consistency-table.ts'
import type { Section } from './model.ts'
import { attributeTable, sourceOf } from './sources.ts'

/** The consistency test: in short, and every count. */
export function consistencySection({ environment, consistency }: ReportParts): Section {
  const { sides, concurrent_clients } = environment
  const whole = attributeTable(
    consistencyTable(sides, consistency, concurrent_clients, []),
    sourceOf.consistency,
  )
  return {
    id: 'consistency-test',
    title: 'Consistency',
    chapter: 'Correctness',
    contents: [
      {
        kind: 'prose',
        prose: [
          'Whether a shopper can rely on what was answered: carts were written and read back at once, and several clients changed one cart at the same time. A strong read shows every write that was acknowledged before it; an eventual read may miss the newest ones and costs half.',
        ],
      },
      { kind: 'table', table: consistencyDigest(whole) },
      {
        kind: 'details',
        summary: 'Every count',
        contents: [{ kind: 'table', table: whole }],
      },
    ],
  }
}
