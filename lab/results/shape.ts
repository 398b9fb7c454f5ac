import Type, { type Static, type TSchema } from 'typebox'

/** Words for the schemas of result files, and the type that follows from a schema. */

/** The values that a schema admits, to be read and never changed. */
export type Shape<S extends TSchema> = Frozen<Static<S>>

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

/** An object that has exactly these fields. */
export function object<P extends Type.TProperties>(fields: P, options: Type.TObjectOptions = {}) {
  return Type.Object(fields, { ...options, additionalProperties: false })
}

export const text = (description: string) => Type.String({ description })

export const orNull = <T extends TSchema>(type: T, description?: string) =>
  Type.Union([type, Type.Null()], description === undefined ? {} : { description })

export const count = (description: string) => Type.Integer({ minimum: 0, description })

/** A number of at least 0. */
export const amount = (description: string) => Type.Number({ minimum: 0, description })

export const amountOrNull = (description: string) =>
  orNull(Type.Number({ minimum: 0 }), description)
