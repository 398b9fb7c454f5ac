/** The three core operations, in the order in which the quick test runs them. */
export const CORE_OPERATIONS = ['create_cart', 'add_items', 'get_cart'] as const

export type CoreOperation = (typeof CORE_OPERATIONS)[number]

/** The operations of a load: the core operations, and the checkout of `shopper-checkout`. */
export const OPERATIONS = [...CORE_OPERATIONS, 'checkout'] as const

export type Operation = (typeof OPERATIONS)[number]

/** Kinds of operation, as result files name them. */
export const OPERATION_KINDS = [...OPERATIONS, 'list_carts'] as const

export type OperationKind = (typeof OPERATION_KINDS)[number]

/** A value per kind of operation; a missing kind does not occur or was not measured. */
export type PerKind<T = number> = Readonly<Partial<Record<OperationKind, T>>>
