import { writeFileSync } from 'node:fs'
import { SETTINGS } from '../../packages/service/src/config/config.ts'

/** Writes terraform/settings.json, with which Terraform checks settings when it plans: `npm run docs`. A test compares the two. */

export const FILE = new URL('../../terraform/settings.json', import.meta.url)

const RULES = ['enum', 'minimum', 'maximum', 'pattern'] as const

/** The rules of each setting of the service, by its name. */
export function settingsForTerraform(): string {
  const rules = Object.entries<object>(SETTINGS.properties).map(([name, schema]) => [
    name,
    Object.fromEntries(
      Object.entries(schema).filter(([key]) => RULES.some((rule) => rule === key)),
    ),
  ])
  return `${JSON.stringify(Object.fromEntries(rules), undefined, 2)}\n`
}

if (import.meta.main) writeFileSync(FILE, settingsForTerraform())
