export { type Changed, PushcartClient } from './client.ts'
export { type ClientErrorCode, PushcartError } from './error.ts'
export type {
  CallOptions,
  ChangeOptions,
  ConditionalChangeOptions,
  EachOptions,
  GetCartOptions,
  ListOptions,
  ProductQuery,
  PushcartClientOptions,
} from './options.ts'
export type {
  Cart,
  CartLine,
  CartPage,
  CartStatus,
  EntityId,
  ErrorCode,
  Health,
  LineWarning,
  Merge,
  MergeStrategy,
  NewItem,
  Order,
  OrderPage,
  Problem,
  Product,
  ProductPage,
} from './types.ts'
