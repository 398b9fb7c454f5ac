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
  readonly additionalProperties?: boolean | Schema
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required: boolean
  readonly schema: Schema
}

/** Why a value does not match a schema; `undefined` if it does. */
export type Complaint = (value: unknown) => unknown

/** A documented response. */
export interface Documented {
  /** By media type; none for a response without a body. */
  readonly content: ReadonlyMap<string, Complaint>
  /** The schema of the body. */
  readonly schema: Schema | undefined
  /** Codes of problems; `undefined` for a success. */
  readonly codes: readonly string[] | undefined
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, DocumentedHeader>
}

export interface DocumentedHeader {
  readonly required: boolean
  readonly check: Complaint
  readonly example: string
}

/** One operation of an OpenAPI document. */
export interface Operation {
  readonly id: string
  /** Such as `PUT /shopping-carts/{id}/items/{product_id}`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
  /** By status. */
  readonly responses: ReadonlyMap<number, Documented>
}

interface OpenapiDocument {
  readonly paths: Record<string, Record<string, OpenapiOperation>>
}

interface OpenapiOperation {
  readonly operationId: string
  readonly parameters?: Parameter[]
  readonly requestBody?: { content: Record<string, { schema: Schema }> }
  readonly responses: Record<string, OpenapiResponse>
}

interface OpenapiResponse {
  readonly content?: Record<
    string,
    { readonly schema: Schema; readonly 'x-error-codes'?: readonly string[] }
  >
  readonly headers?: Record<
    string,
    { readonly required: boolean; readonly schema: Schema; readonly example: unknown }
  >
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const ajv = new Ajv2020({ strict: false, logger: false, allErrors: true })
ajv.addFormat('uuid', isUuid)
ajv.addFormat('date-time', ISO_TIME)
ajv.addFormat('uri', (text: string) => URL.canParse(text))
ajv.addFormat('uri-reference', (text: string) => URL.canParse(text, 'http://localhost'))

/** The operations of a document, with checks of their responses. */
export function operationsOf(document: unknown): Operation[] {
  const { paths } = inlined(document) as OpenapiDocument
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([lowerCase, operation]) => {
      const { operationId, parameters, requestBody, responses } = operation
      const method = lowerCase.toUpperCase()
      return {
        id: operationId,
        name: `${method} ${path}`,
        method,
        path,
        parameters: parameters ?? [],
        body: requestBody?.content['application/json']?.schema,
        responses: new Map(
          Object.entries(responses).map(([status, each]) => [Number(status), documentedBy(each)]),
        ),
      }
    }),
  )
}

function documentedBy({ content = {}, headers = {} }: OpenapiResponse): Documented {
  return {
    content: new Map(
      Object.entries(content).map(([type, { schema }]) => [type, complaintOf(closed(schema))]),
    ),
    schema: Object.values(content)[0]?.schema,
    codes: content['application/problem+json']?.['x-error-codes'],
    headers: new Map(
      Object.entries(headers).map(([name, { required, schema, example }]) => {
        const check = complaintOf(schema)
        const isNumber = schema.type === 'integer'
        return [
          name.toLowerCase(),
          {
            required,
            check: (value) => check(isNumber ? Number(value) : value),
            example: String(example),
          },
        ]
      }),
    ),
  }
}

const compiled = new Map<string, ValidateFunction>()

/** Compiles on first use, because most responses never occur, and equal schemas once. */
function complaintOf(schema: Schema): Complaint {
  const text = JSON.stringify(schema)
  return (value) => {
    const validate = compiled.get(text) ?? ajv.compile(schema as AnySchema)
    compiled.set(text, validate)
    return validate(value) ? undefined : validate.errors
  }
}

/** The schema with no other members than those that it names, at any depth, so that an undocumented one is noticed. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.fromEntries(
    Object.entries(schema).map(([name, each]) => [name, closed(each)]),
  )
  const isObject = typeof members.properties === 'object' && 'type' in members
  return { ...(isObject && { additionalProperties: false }), ...members } as T
}

/** The document without references: each `$ref` is replaced by what it refers to. */
export function inlined(document: unknown): unknown {
  function go(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(go)
    if (typeof value !== 'object' || value === null) return value
    if ('$ref' in value) return go(target(String(value.$ref)))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, go(each)]))
  }
  function target(reference: string): unknown {
    const steps = reference.split('/').slice(1)
    return steps.reduce((at, step) => (at as Record<string, unknown>)[step], document)
  }
  return go(document)
}

/** A route in Fastify's syntax (`/a/:b`), in the syntax of the document (`/a/{b}`). */
export function documentedPath(route: string): string {
  return route.replaceAll(/:(\w+)/g, '{$1}')
}
