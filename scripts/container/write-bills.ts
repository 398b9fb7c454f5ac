import { readFileSync, writeFileSync } from 'node:fs'
import { billsTable } from './example-bills.ts'

/** Writes the table of costs into docs/aws.md, between its marks. A test compares the two. */

const FILE = new URL('../../docs/aws.md', import.meta.url)
const MARKED = /(<!-- bills -->\n\n).*?\n*(<!-- end of bills -->)/s

const text = readFileSync(FILE, 'utf8')
const table = billsTable()
writeFileSync(
  FILE,
  text.replace(MARKED, (_, before, after) => `${before}${table}\n\n${after}`),
)
