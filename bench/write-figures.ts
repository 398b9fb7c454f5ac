import { readFileSync, writeFileSync } from 'node:fs'
import { figuresTable, originLines } from './figures.ts'
import { PAIRS } from './pairs.ts'
import { newestPeersTable } from './peers/table.ts'
import { readRecords } from './record.ts'

/**
 * Writes the figures of `bench/results` and the newest of `peers/results` into docs/performance.md: `node bench/write-figures.ts`. A
 * test compares the two.
 */

const FILE = new URL('../docs/performance.md', import.meta.url)

/** The page as it is. */
export function writtenPage(): string {
  return readFileSync(FILE, 'utf8')
}

/** The page as it should be. */
export async function pageWithFigures(page: string): Promise<string> {
  const records = await readRecords()
  const table = figuresTable(
    records,
    PAIRS.map(({ name }) => name),
  )
  const figures =
    records.length === 0
      ? 'Nothing has been measured yet; run `npm run bench`.'
      : [table, '', ...originLines(records)].join('\n')
  return withPart(withPart(page, 'figures', figures), 'peers', newestPeersTable())
}

/** The page with `text` between `<!-- name -->` and `<!-- end of name -->`. */
function withPart(page: string, name: string, text: string): string {
  const start = `<!-- ${name} -->`
  const [before, after] = [page.indexOf(start), page.indexOf(`<!-- end of ${name} -->`)]
  if (before < 0 || after < before) throw new Error(`docs/performance.md has no place for ${name}`)
  return `${page.slice(0, before + start.length)}\n\n${text}\n\n${page.slice(after)}`
}

if (import.meta.main) writeFileSync(FILE, await pageWithFigures(writtenPage()))
