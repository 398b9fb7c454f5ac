import { details, paragraph, type Section, tabular } from '../page/document.ts'
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
      paragraph(
        'Whether clients can rely on responses: carts were read back immediately after each write, and several clients changed one cart concurrently. A strong read reflects every write acknowledged before it. An eventual read may miss the latest writes and costs half as much.',
      ),
      tabular(attributeTable(digest, sourceOf.consistency)),
      details('All counts', tabular(attributeTable(all, sourceOf.consistency))),
    ],
  }
}
