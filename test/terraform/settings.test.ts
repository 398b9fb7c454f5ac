import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FILE, settingsForTerraform } from '../../scripts/terraform/write-settings.ts'

it('terraform/settings.json has the settings of the service', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(settingsForTerraform())
})
