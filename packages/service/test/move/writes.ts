import type { Side } from '../../src/cart/residence.ts'
import type { Pair } from '../../src/store/moving/pair.ts'
import type { MovableStore, MoveControl, Residences } from '../../src/store/residences.ts'

/** A write that a mover makes. */
export interface Write {
  readonly of: 'residences' | 'control'
  readonly name: string
  readonly side: Side
  /** Of a write of one cart. */
  readonly cartId: string | undefined
}

const OF_CARTS = ['seal', 'place', 'settle', 'create', 'claim', 'release'] as const
const OF_CONTROL = ['write', 'renew', 'remove', 'fence', 'unfence'] as const

/** The pair, every write of which is made by `around`; `make` makes the same write each time it is called. */
export function withWrites(
  pair: Pair,
  around: (write: Write, make: () => Promise<unknown>) => Promise<unknown>,
): Pair {
  function wrapped<T extends object>(
    of: Write['of'],
    side: Side,
    methods: T,
    names: readonly (keyof T & string)[],
  ): T {
    const wraps = names.map((name) => {
      const method = methods[name] as (...args: unknown[]) => Promise<unknown>
      const call = (...args: unknown[]) => {
        const [first] = args
        const cartId = (first as { readonly cartId?: string })?.cartId ?? first
        const write = { of, name, side, cartId: typeof cartId === 'string' ? cartId : undefined }
        return around(write, () => method(...args))
      }
      return [name, call] as const
    })
    return { ...methods, ...Object.fromEntries(wraps) }
  }
  const sideOf = (side: Side): MovableStore => {
    const { residences } = pair[side]
    const control = wrapped<MoveControl>('control', side, residences.control, OF_CONTROL)
    return {
      ...pair[side],
      residences: { ...wrapped<Residences>('residences', side, residences, OF_CARTS), control },
    }
  }
  return { source: sideOf('source'), destination: sideOf('destination') }
}
