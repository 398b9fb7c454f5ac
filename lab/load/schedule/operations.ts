/** What a load consists of: the three core operations, and the checkout of the mix that has it. */
export const OPERATIONS = ['create_cart', 'add_items', 'get_cart', 'checkout'] as const

export type Operation = (typeof OPERATIONS)[number]
