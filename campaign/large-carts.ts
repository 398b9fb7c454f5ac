/** Products of the demonstration catalog; a cart can have a line for each. */
const LINES = 100

export interface LargeCarts {
  readonly customer: string | number
  readonly carts: number
  readonly signal?: AbortSignal | undefined
}

/** Creates carts of 100 lines each: a list of a hundred of them is a response of 1.8 MB. */
export async function makeLargeCarts(
  url: string,
  { customer, carts, signal }: LargeCarts,
): Promise<void> {
  const items = Array.from({ length: LINES }, (_, index) => ({
    product_id: index + 1,
    quantity: 1,
  }))
  for (let cart = 0; cart < carts && signal?.aborted !== true; cart++) {
    const { shopping_cart_id } = (await post(`${url}/shopping-carts`, {
      customer_id: customer,
    })) as { shopping_cart_id: string }
    await post(`${url}/shopping-carts/${shopping_cart_id}/items`, { items })
  }
}

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`a cart could not be made: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}
