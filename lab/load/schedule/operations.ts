/** The operations of a load: the three core operations, and the checkout of `shopper-checkout`. */
export const OPERATIONS = ['create_cart', 'add_items', 'get_cart', 'checkout'] as const

export type Operation = (typeof OPERATIONS)[number]
