import { batch, signal } from '@preact/signals-core'
import type { Click, ClickResult } from '../protocol.ts'
import { act } from './server.ts'
import type { Results } from './state.ts'

/** The reader's cart: the same shop on every side, so an id on each. */
export const carts = signal<Readonly<Record<string, string>>>({})
/** Responses to the last click, and what it was. */
export const results = signal<Results>({})
export const lastClick = signal<string>('')
/** What each side stored before the last click, to mark what has changed. */
export const storedBefore = signal<Results>({})
export const busy = signal(false)

/** The customer of this page; a new one at each visit. */
const customer = String(500_000_000 + Math.floor(Math.random() * 400_000_000))

/** Sends a click to all sides, after a cart has been created. */
export async function click(
  request: Omit<Click, 'carts' | 'customer'>,
  what: string,
): Promise<Results> {
  if (request.action !== 'create' && Object.keys(carts.value).length === 0) await newCart()
  return send({ ...request, carts: carts.value, customer }, what)
}

/** Creates the reader's cart anew. */
export async function newCart(): Promise<Results> {
  const made = await send({ action: 'create', customer }, 'Create a cart')
  carts.value = cartsIn(made)
  return made
}

/** Another cart of the same customer, which does not become the reader's. */
export async function otherCart(): Promise<Readonly<Record<string, string>>> {
  return cartsIn(await act('click', { action: 'create', customer }))
}

/** A click on other carts than the reader's. */
export const clickOn = (
  given: Readonly<Record<string, string>>,
  request: Omit<Click, 'carts' | 'customer'>,
): Promise<Results> => act('click', { ...request, carts: given, customer })

/** Sends several requests at once; the result is that of a read afterwards. */
export async function burst(
  requests: readonly Omit<Click, 'carts' | 'customer'>[],
  what: string,
): Promise<Results> {
  if (Object.keys(carts.value).length === 0) await newCart()
  await Promise.all(
    requests.map((request) => act('click', { ...request, carts: carts.value, customer })),
  )
  return send({ action: 'get', carts: carts.value, customer }, what)
}

async function send(request: Click, what: string): Promise<Results> {
  busy.value = true
  try {
    const found = await act('click', request)
    batch(() => {
      storedBefore.value = results.value
      results.value = found
      lastClick.value = what
    })
    return found
  } finally {
    busy.value = false
  }
}

function cartsIn(found: Results): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([side, { cart }]: [string, ClickResult]) =>
      cart === null ? [] : [[side, cart]],
    ),
  )
}
