import type { Pair } from './pair.ts'
import { bareRoute } from './pairs/bare-route.ts'
import { cartSize } from './pairs/cart-size.ts'
import { checkers } from './pairs/checkers.ts'
import { go } from './pairs/go.ts'
import { instances } from './pairs/instances.ts'
import { layoutPairs } from './pairs/layouts.ts'
import { memory } from './pairs/memory.ts'
import { millionCarts } from './pairs/million-carts.ts'
import { moving } from './pairs/moving.ts'
import { onDynamodb } from './pairs/on-dynamodb.ts'
import { onPostgres } from './pairs/on-postgres.ts'
import { oneConnection } from './pairs/one-connection.ts'
import { search } from './pairs/search.ts'
import { start } from './pairs/start.ts'

/** All pairs, in the order of the table in docs/performance.md. */
export const PAIRS: readonly Pair[] = [
  ...onPostgres,
  ...oneConnection,
  bareRoute,
  ...onDynamodb,
  cartSize,
  search,
  ...instances,
  ...go,
  ...layoutPairs,
  millionCarts,
  memory,
  start,
  ...moving,
  ...checkers,
]
