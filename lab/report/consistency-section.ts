import type { Section } from '../page/document.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { consistencyTables } from './consistency-table.ts'
import { attributeTable, sourceOf } from './sources.ts'

/** Results of the quick consistency test: a digest, and every count. */
export function consistencySection({ environment, consistency }: ComparisonParts): Section {
  const { sides, concurrent_clients } = environment
  const { digest, all } = consistencyTables(sides, consistency, concurrent_clients)
  return {
    id: 'consistency-test',
    title: 'Consistency',
    chapter: 'Correctness',
    contents: [
      {
        kind: 'prose',
        prose: [
          'Whether clients can rely on responses: carts were read back immediately after each write, and several clients changed one cart concurrently. A strong read reflects every write acknowledged before it. An eventual read may miss the latest writes and costs half as much.',
        ],
      },
      { kind: 'table', table: attributeTable(digest, sourceOf.consistency) },
      {
        kind: 'details',
        summary: 'All counts',
        contents: [{ kind: 'table', table: attributeTable(all, sourceOf.consistency) }],
      },
    ],
  }
}
