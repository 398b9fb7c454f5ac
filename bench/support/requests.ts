import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom } from '../../lab/random/random.ts'
import { CARTS, cartId, LINES } from '../carts.ts'

/** A request, the same for every generator. */
export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** JSON, or empty. */
  readonly body: string
}

/** Seed of the requests: the same for every run. */
export type Work = 'get' | 'add' | 'create' | 'mix'

/** Enough that a turn repeats them only a few times, and few enough for a generator to keep in memory. */
const COUNT = 50_000

/** @param carts the numbers of the first and last cart to draw from */
export function drawRequests(
  work: Work,
  [first, last]: readonly [number, number],
  count = COUNT,
): Request[] {
  const random = createRandom(4)
  const draw: Record<Exclude<Work, 'mix'>, () => Request> = {
    get: () => ({ method: 'GET', path: pathOf(random.integer(first, last)), body: '' }),
    add: () => ({
      method: 'POST',
      path: `${pathOf(random.integer(first, last))}/items`,
      body: JSON.stringify({ product_id: random.integer(1, LINES), quantity: 1 }),
    }),
    create: () => ({
      method: 'POST',
      path: '/shopping-carts',
      body: JSON.stringify({ customer_id: random.integer(1, 100_000) }),
    }),
  }
  // Of ten requests, six read, three add and one creates a cart.
  const mixed = ['get', 'get', 'get', 'get', 'get', 'get', 'add', 'add', 'add', 'create'] as const
  const kind = () => (work === 'mix' ? (mixed[random.integer(0, 9)] ?? 'get') : work)
  return Array.from({ length: count }, () => draw[kind()]())
}

/** Writes requests to a file for the generators, one per line: method, path and body, separated by tabs. */
export async function writeRequests(
  folder: string,
  work: Work,
  carts: readonly [number, number] = [1, CARTS],
  count = COUNT,
): Promise<string> {
  const file = join(folder, `${work}-${carts.join('-')}.tsv`)
  const lines = drawRequests(work, carts, count).map(({ method, path, body }) =>
    [method, path, body].join('\t'),
  )
  await writeFile(file, `${lines.join('\n')}\n`)
  return file
}

/** Reads the requests of such a file. */
export function parseRequests(text: string): Request[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [method, path = '/', body = ''] = line.split('\t')
      return { method: method === 'POST' ? 'POST' : 'GET', path, body }
    })
}

function pathOf(number: number): string {
  return `/shopping-carts/${cartId(number)}`
}
