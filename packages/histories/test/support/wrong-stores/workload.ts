import type { Operation } from '../../../src/index.ts'
import type { Asked } from './network.ts'
import type { World } from './world.ts'

/** Each kind as often as it occurs in the workload. */
export const MIX: readonly Operation['kind'][] = [
  ...Array<Operation['kind']>(40).fill('get'),
  ...Array<Operation['kind']>(36).fill('add'),
  ...Array<Operation['kind']>(5).fill('set'),
  ...Array<Operation['kind']>(6).fill('remove'),
  ...Array<Operation['kind']>(1).fill('empty'),
  ...Array<Operation['kind']>(3).fill('merge'),
  ...Array<Operation['kind']>(4).fill('checkout'),
  ...Array<Operation['kind']>(1).fill('delete'),
  ...Array<Operation['kind']>(4).fill('list'),
]

export interface OpenCart {
  readonly id: string
  readonly customer: string
  uses: number
}

export interface Drawing {
  readonly kinds: readonly Operation['kind'][]
  readonly products: number
  readonly versions: boolean
}

/**
 * The next request of a client.
 *
 * @param seen the highest version of the cart that the session has seen
 */
export function draw(
  world: World,
  { kinds, products, versions }: Drawing,
  { id, customer }: OpenCart,
  open: readonly OpenCart[],
  seen: number | undefined,
): Asked {
  const kind = kinds[world.integer(0, kinds.length - 1)] ?? 'get'
  // The lower half of the products is only added to, so that quantities can show violations without versions.
  const growing = (): string => `p${world.integer(1, Math.ceil(products / 2))}`
  const any = (): string => `p${world.integer(Math.ceil(products / 2) + 1, products)}`
  const quantity = world.integer(1, 5)
  const condition = () =>
    versions && seen !== undefined && world.chance(0.3) ? { if_version: [seen] } : {}
  switch (kind) {
    case 'add':
      return {
        kind,
        cart: id,
        lines: drawLines(world, products, world.chance(0.6) ? growing : any, quantity),
      }
    case 'set':
      return { kind, cart: id, lines: [[any(), quantity]], ...condition() }
    case 'remove':
      return { kind, cart: id, product: any(), ...condition() }
    case 'merge': {
      const source = open[world.integer(0, open.length - 1)]
      if (source === undefined || source.id === id) return { kind: 'get', cart: id, read: 'strong' }
      const strategy = (['sum', 'sum', 'max', 'keep'] as const)[world.integer(0, 3)] ?? 'sum'
      return { kind, cart: id, from: source.id, strategy }
    }
    case 'list':
      return { kind, cart: '', customer, read: 'strong' }
    case 'get': {
      const drawn = (['strong', 'strong', 'session', 'eventual'] as const)[world.integer(0, 3)]
      // Without versions there is no minimum version to request.
      const read = drawn === 'session' && !versions ? 'eventual' : drawn
      return { kind, cart: id, read, min_version: read === 'session' ? seen : undefined }
    }
    default:
      return { kind, cart: id, customer, ...condition() }
  }
}

function drawLines(
  world: World,
  products: number,
  product: () => string,
  quantity: number,
): NonNullable<Operation['lines']> {
  if (products < 4 || world.chance(0.8)) return [[product(), quantity]]
  const first = world.integer(1, products - 2)
  return [0, 1, 2].map((more) => [`p${first + more}`, quantity] as const)
}
