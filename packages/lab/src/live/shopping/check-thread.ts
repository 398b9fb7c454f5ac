import { parentPort } from 'node:worker_threads'
import { checkCart } from './check-cart.ts'
import type { CartToCheck } from './messages.ts'

/** The thread that checks finished carts of all sides, one after the other. */
let checked = 0
parentPort?.on('message', (cart: CartToCheck) => {
  parentPort?.postMessage(checkCart(cart, checked++))
})
