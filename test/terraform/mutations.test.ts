import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { chooseMutations, MUTATIONS } from '../../scripts/terraform/mutations.ts'

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

it('chooses mistakes by a range of numbers or by a word of name or file', () => {
  const names = (which: string) => chooseMutations(which).map(({ name }) => name)
  expect(names('')).toEqual(MUTATIONS.map(({ name }) => name))
  expect(names('3-5')).toEqual(MUTATIONS.slice(2, 5).map(({ name }) => name))
  expect(names('dashboard.tf')).toEqual([
    'the dashboard shows another region',
    'the columns of the dashboard overlap',
    'all rows of the dashboard lie on one another',
  ])
  expect(names('900-1000')).toEqual([])
})
