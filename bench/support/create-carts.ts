import { LINES } from '../carts.ts'

/**
 * Creates carts with the usual lines over HTTP.
 *
 * @returns their paths
 * @throws Error if one is not created
 */
export async function createCarts(url: string, number: number): Promise<string[]> {
  const post = async (path: string, body: object): Promise<string> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`POST ${path} returned status ${response.status}`)
    return response.text()
  }
  const items = Array.from({ length: LINES }, (_, i) => ({ product_id: i + 1, quantity: 1 }))
  return Promise.all(
    Array.from({ length: number }, async (_, i) => {
      const created = await post('/shopping-carts', { customer_id: i + 1 })
      const { shopping_cart_id: id } = JSON.parse(created) as { shopping_cart_id: string }
      await post(`/shopping-carts/${id}/items`, { items })
      return `/shopping-carts/${id}`
    }),
  )
}
