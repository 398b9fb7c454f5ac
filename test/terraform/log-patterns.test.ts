import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CONTRADICTS } from '../../packages/service/src/run/home-watch.ts'

it('the alarm on contradicting homes filters the log by what the service logs', () => {
  const file = new URL('../../terraform/modules/observability/regions.tf', import.meta.url)
  const [, text] =
    /pattern += "\{ \$\.msg = \\"(.*)\*\\" \}"/.exec(readFileSync(file, 'utf8')) ?? []
  expect(text).toBe(CONTRADICTS)
})
