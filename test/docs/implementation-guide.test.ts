import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

it('docs/implementation-guide.md quotes the code exactly', () => {
  const code = ['store/memory/memory-store.ts', 'cart/rules.ts']
    .map((path) => read(`packages/service/src/${path}`))
    .join('\n')
    .replace(/\s+/g, ' ')
  const guide = read('docs/implementation-guide.md')
  const blocks = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, block = '']) => block.trim())
  // The reader of the guide writes the store on MongoDB.
  const quoted = blocks.filter((block) => !block.includes('mongo'))
  expect(quoted.length).toBeGreaterThan(2)
  for (const block of quoted) expect(code).toContain(block.replace(/\s+/g, ' '))
})
