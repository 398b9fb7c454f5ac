import { readFileSync, writeFileSync } from 'node:fs'
import { figuresTable, originLines } from './figures.ts'
import { PAIRS } from './pairs.ts'
import { readRecords } from './record.ts'

/** Writes the figures of `bench/results` into docs/performance.md: `node bench/write-figures.ts`. A test compares the two. */

const FILE = new URL('../docs/performance.md', import.meta.url)
const [START, END] = ['<!-- figures -->', '<!-- end of figures -->']

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
  const [before, after] = [page.indexOf(START), page.indexOf(END)]
  return `${page.slice(0, before + START.length)}\n\n${figures}\n\n${page.slice(after)}`
}

if (import.meta.main) writeFileSync(FILE, await pageWithFigures(writtenPage()))
