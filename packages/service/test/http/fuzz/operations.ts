import type { AnySchema, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { validate as isUuid } from 'uuid'

/** The part of JSON Schema that the service's document uses. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly not?: { readonly enum: readonly unknown[] }
  readonly format?: string
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required: boolean
  readonly schema: Schema
}

/** A documented response: validators of its body by media type; none for a response without a body. */
export type Answers = ReadonlyMap<string, ValidateFunction>

/** One operation of an OpenAPI document. */
export interface Operation {
  /** Such as `PUT /shopping-carts/{id}/items/{product_id}`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
  /** By status. */
  readonly responses: ReadonlyMap<number, Answers>
}

interface OpenapiDocument {
  readonly paths: Record<string, Record<string, OpenapiOperation>>
}

interface OpenapiOperation {
  readonly parameters?: Parameter[]
  readonly requestBody?: { content: Record<string, { schema: Schema }> }
  readonly responses: Record<string, { content?: Record<string, { schema: AnySchema }> }>
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const BODILESS = [204, 304]

/** The operations of a document, with validators for their responses. */
export function operationsOf(document: unknown): Operation[] {
  const ajv = new Ajv2020({ strict: false, logger: false, allErrors: true })
  ajv.addFormat('uuid', isUuid)
  ajv.addFormat('date-time', ISO_TIME)
  const { paths } = document as OpenapiDocument
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([lowerCase, { parameters, requestBody, responses }]) => {
      const method = lowerCase.toUpperCase()
      return {
        name: `${method} ${path}`,
        method,
        path,
        parameters: parameters ?? [],
        body: requestBody?.content['application/json']?.schema,
        responses: new Map(
          Object.entries(responses).map(([status, { content = {} }]) => [
            Number(status),
            new Map(
              Object.entries(BODILESS.includes(Number(status)) ? {} : content).map(
                ([type, { schema }]) => [type, ajv.compile(schema)],
              ),
            ),
          ]),
        ),
      }
    }),
  )
}

/** A route in Fastify's syntax (`/a/:b`), in the syntax of the document (`/a/{b}`). */
export function documentedPath(route: string): string {
  return route.replaceAll(/:(\w+)/g, '{$1}')
}
