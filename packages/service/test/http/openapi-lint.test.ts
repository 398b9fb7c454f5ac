import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'

it.each([
  ['an open service', {}],
  [
    'a service with tokens, a rate limit and a public address',
    { RATE_LIMIT_PER_MINUTE: '1000', CART_PUBLIC_URL: 'https://shop.example/carts' },
  ],
])('the OpenAPI document of %s has no errors and warnings for a linter', async (_, env) => {
  const authenticate = async () => ({ role: 'service' }) as const
  const { get } = makeApp({ env, ...('CART_PUBLIC_URL' in env && { authenticate }) })
  const document = (await get('/openapi.json')).body
  expect(await lint(document)).toEqual([])
  const broken = document.replace('"operationId":"getCart"', '"operationId":"listCarts"')
  expect((await lint(broken)).map(([rule]) => rule)).toEqual(['operation-operationId-unique'])
})

async function lint(source: string) {
  // Warnings are errors too.
  const config = await createConfig({ extends: ['recommended-strict'] })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  return problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])
}
