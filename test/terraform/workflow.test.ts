import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { at } from '../../scripts/terraform/resources.ts'

const text = readFileSync(new URL('../../.github/workflows/deploy.yml', import.meta.url), 'utf8')
const workflow: unknown = parse(text)
const jobs = Object.entries(at(workflow, 'jobs') as Record<string, unknown>)

it('holds no key and asks for none', () => {
  expect(text).not.toMatch(/\{\{ *secrets|access-key|ACCESS_KEY|AKIA/i)
})

it('asks for an identity only in jobs that are pinned to an environment', () => {
  expect(at(workflow, 'permissions')).toEqual({ contents: 'read' })
  const identified = jobs.filter(([, job]) => at(job, 'permissions.id-token') !== undefined)
  expect(identified.map(([name]) => name)).toEqual(['image', 'plan'])
  for (const [, job] of identified) expect(at(job, 'environment')).toBe('prod')
})

it('tests before it builds, builds before it plans, and applies nothing', () => {
  expect(jobs.map(([name, job]) => [name, at(job, 'needs')])).toEqual([
    ['test', undefined],
    ['image', 'test'],
    ['plan', 'image'],
  ])
  expect(text).not.toMatch(/terraform apply|terraform destroy/)
})

it('plans with a value for every input of the example', () => {
  const inputs = readFileSync(
    new URL('../../terraform/examples/prod/variables.tf', import.meta.url),
    'utf8',
  )
  const names = [...inputs.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name)
  const given = [...text.matchAll(/TF_VAR_(\w+):/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(0)
  expect(given.sort()).toEqual(names.sort())
})
