import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { openWorkspace, reasonNotToCheck } from '../../scripts/terraform/terraform.ts'

function checkTerraform(args: readonly string[]) {
  const script = new URL('../../scripts/check-terraform.ts', import.meta.url).pathname
  const env = { PATH: dirname(process.execPath) }
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env })
}

it('check:terraform reports in one line that terraform is not installed', () => {
  const { status, stdout, stderr } = checkTerraform([])
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: 'check:terraform skipped: terraform is not installed\n',
    stderr: '',
  })
})

it('check:terraform refuses an unknown option', () => {
  const { status, stderr } = checkTerraform(['--write-all'])
  expect(status).toBe(3)
  expect(stderr).toBe(
    'check:terraform has the options --apply, --write and --mutations[=WORD|FROM-TO].\n',
  )
})

it('terraform/ is formatted', async ({ skip }) => {
  const reason = reasonNotToCheck()
  skip(reason !== undefined, reason)
  using workspace = openWorkspace()
  await expect(workspace.run('.', ['fmt', '-check', '-recursive'])).resolves.toBe('')
})
