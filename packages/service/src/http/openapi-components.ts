import { isDeepStrictEqual } from 'node:util'

/** A JSON value of the document. */
type Json = unknown

/** The document as `@fastify/swagger` makes it; only its parts that change here. */
interface Document {
  readonly paths?: Json
  readonly components?: { readonly schemas?: Json }
}

/**
 * The schemas for readers of the document: where validation or serialisation needs another form, the keyword `documented`
 * holds the form to publish.
 */
export function documentedForm(value: Json): Json {
  if (Array.isArray(value)) return value.map(documentedForm)
  if (!isObject(value)) return value
  if (value.documented !== undefined) return documentedForm(value.documented)
  return mapMembers(value, documentedForm)
}

/**
 * Moves every schema with a `title` into the components of the document, under that name, and refers to it instead.
 * Otherwise generated clients would have a separate type for each operation that uses a schema.
 *
 * @throws Error when two schemas have one name
 */
export function withComponents<T extends Document>(document: T): T {
  const schemas: Record<string, Json> = {}
  function moved(value: Json): Json {
    if (Array.isArray(value)) return value.map(moved)
    if (!isObject(value)) return value
    const { title, ...schema } = mapMembers(value, moved)
    if (typeof title !== 'string') return title === undefined ? schema : { ...schema, title }
    if (schemas[title] !== undefined && !isDeepStrictEqual(schemas[title], schema))
      throw new Error(`two schemas of the OpenAPI document are called ${title}`)
    schemas[title] = schema
    return { $ref: `#/components/schemas/${title}` }
  }
  const paths = moved(document.paths)
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...document, paths, components: { ...document.components, schemas: sorted } }
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null
}

function mapMembers(
  value: Readonly<Record<string, Json>>,
  change: (member: Json) => Json,
): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]))
}
