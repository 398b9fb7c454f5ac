import { OPERATIONS } from './operations.ts'

/** Kinds of operation, as result files name them. */
export const OPERATION_KINDS = [...OPERATIONS, 'list_carts'] as const

export type OperationKind = (typeof OPERATION_KINDS)[number]

/** A value per kind of operation; a missing kind does not occur or was not measured. */
export type PerKind<T = number> = Readonly<Partial<Record<OperationKind, T>>>
