import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { checkCart } from './check-cart.ts'
import type { CartToCheck } from './messages.ts'

/** Below that of the services, which it must not slow down where they share cores. */
const NICE = 5

/** The thread that checks finished carts of all sides, one after the other. On Linux, its priority is its own. */
if (process.platform === 'linux') setPriority(NICE)
let checked = 0
parentPort?.on('message', (cart: CartToCheck) => {
  parentPort?.postMessage(checkCart(cart, checked++))
})
