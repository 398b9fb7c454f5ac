/** The kinds of operation that a comparison measures one by one, named as in result files. */
export const OPERATION_KINDS = [
  'create_cart',
  'add_items',
  'get_cart',
  'checkout',
  'list_carts',
] as const

export type OperationKind = (typeof OPERATION_KINDS)[number]
