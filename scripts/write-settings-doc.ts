import { readFileSync, writeFileSync } from 'node:fs'
import { SETTINGS } from '../src/config.ts'

/** Writes the table of docs/settings.md from `src/config.ts`: `npm run docs`. A test compares the two. */

const FILE = new URL('../docs/settings.md', import.meta.url)
const MARKED = /(?<=<!-- settings -->\n\n).*(?=\n\n<!-- end of settings -->)/s

interface Setting {
  readonly default?: unknown
  readonly description?: string
}

/** The page as it is. */
export function writtenSettingsPage(): string {
  return readFileSync(FILE, 'utf8')
}

/** The page as it should be. */
export function settingsPage(): string {
  const rows = Object.entries<object>(SETTINGS.properties).map(([name, schema]) => {
    const setting: Setting = schema
    const value = setting.default === undefined ? '' : ` \`${setting.default}\``
    return `| \`${name}\` |${value} | ${setting.description} |`
  })
  const table = ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n')
  return writtenSettingsPage().replace(MARKED, () => table)
}

if (import.meta.main) writeFileSync(FILE, settingsPage())
