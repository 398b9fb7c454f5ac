/** The three core operations, in the order in which the quick test runs them. */
export const CORE_OPERATIONS = ['create_cart', 'add_items', 'get_cart'] as const

export type CoreOperation = (typeof CORE_OPERATIONS)[number]

/** The operations of a load: the core operations, and the checkout of `shopper-checkout`. */
export const OPERATIONS = [...CORE_OPERATIONS, 'checkout'] as const

export type Operation = (typeof OPERATIONS)[number]
