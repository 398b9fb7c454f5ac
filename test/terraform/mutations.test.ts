import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { MUTATIONS } from '../../scripts/terraform/mutations.ts'

const read = (file: string) =>
  readFileSync(new URL(`../../terraform/${file}`, import.meta.url), 'utf8')

// `npm run check:terraform -- --mutations` plants them; here, without Terraform, only that each can be planted.
it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))(
  'can be planted: %s',
  (_name, { file, from, to, by }) => {
    expect(read(file)).toContain(from)
    expect(to).not.toBe(from)
    const [kind, run] = by.split(' ')
    if (kind === 'policy') expect(read('tests/policy.tftest.hcl')).toContain(`run "${run}" {`)
    else expect(read(by)).toMatch(/^run "/m)
  },
)

it('has at least 40 mistakes, each of its own name', () => {
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(40)
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length)
})
