import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { useFolder } from '../support/folder.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LOSSY = join(ROOT, 'docs/examples/lossy-cart.mjs')
const FOLDER = useFolder()

/** Ten concurrent adds of one unit to one cart; returns the quantity that the cart then holds. */
async function quantityAfterTenAdds(program: string): Promise<number> {
  const child = spawn(process.execPath, [program], { env: { PORT: '0' } })
  try {
    const [line] = await once(createInterface(child.stdout), 'line')
    const carts = `${String(line).split(' ').at(-1)}/shopping-carts`
    const created = await fetch(carts, { method: 'POST', body: '{"customer_id": 7}' })
    const { shopping_cart_id: id } = (await created.json()) as { shopping_cart_id: string }
    const add = () =>
      fetch(`${carts}/${id}/items`, { method: 'POST', body: '{"product_id": 1, "quantity": 1}' })
    const added = await Promise.all(Array.from({ length: 10 }, add))
    expect(added.map(({ status }) => status)).toEqual(Array(10).fill(204))
    const cart = (await (await fetch(`${carts}/${id}`)).json()) as { items: { quantity: number }[] }
    return cart.items[0]?.quantity ?? 0
  } finally {
    child.kill()
  }
}

it('the cart of the tutorial loses concurrent adds', async () => {
  expect(await quantityAfterTenAdds(LOSSY)).toBeLessThan(10)
})

it('the command of the tutorial changes one line, and no add is lost', async () => {
  const page = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8')
  const script = /^sed '(.*)' docs\/examples\/lossy-cart\.mjs/m.exec(page)?.[1] ?? ''
  const fixed = execFileSync('sed', [script, LOSSY], { encoding: 'utf8' })
  const before = readFileSync(LOSSY, 'utf8').split('\n')
  expect(fixed.split('\n').filter((line, at) => line !== before[at])).toHaveLength(1)
  const file = join(FOLDER, 'fixed-cart.mjs')
  writeFileSync(file, fixed)
  expect(await quantityAfterTenAdds(file)).toBe(10)
})

it('the API file of the tutorial is the one that is shown, and fits the service', async () => {
  const file = join(ROOT, 'docs/examples/basket-shop.yaml')
  const page = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8')
  expect(/```yaml\n(.*?)```/s.exec(page)?.[1]).toBe(readFileSync(file, 'utf8'))
  const shop = join(ROOT, 'docs/examples/basket-shop.mjs')
  const child = spawn(process.execPath, [shop], { env: { PORT: '0' } })
  try {
    const [line] = await once(createInterface(child.stdout), 'line')
    const host = String(line).split(' ').at(-1) ?? ''
    const pushcart = [join(ROOT, 'cli.ts'), 'api', 'try', '--host', host, '--api', file]
    const shown = execFileSync(process.execPath, pushcart, { encoding: 'utf8' })
    expect(shown).toContain('read: 5 of SKU-1\nThe API basket-shop fits.')
  } finally {
    child.kill()
  }
})
