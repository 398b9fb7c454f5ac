import { readFile } from 'node:fs/promises'
import { fileErrorReason } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { ApiAnswers } from './api-file-text.ts'

type Tree = Readonly<Record<string, unknown>>

/**
 * What an OpenAPI document says of a cart API: the requests by their paths (`cart` or `basket` in them), the fields of an
 * add by their types, the id and the lines by the schemas of the responses. What it does not say is left out.
 *
 * @throws UsageError for a file that is no OpenAPI document or describes no cart
 */
export async function answersFromOpenApi(file: string): Promise<Partial<ApiAnswers>> {
  const document = await readDocument(file)
  const paths = treeOf(document.paths)
  const resolve = (node: unknown) => resolved(document, node)
  const add = find(
    paths,
    'post',
    /(cart|basket)[^{}]*\/\{[^}]+\}\/[^/{}]*(item|line|product)[^/{}]*\/?$/i,
  )
  const create = find(paths, 'post', /(cart|basket)s?\/?$/i)
  const get = find(paths, 'get', /(cart|basket)[^{}]*\/\{[^}]+\}\/?$/i)
  if (add === undefined && create === undefined && get === undefined)
    throw new UsageError(`openapi: ${file} has no path of a cart or a basket`)
  const fields = propertiesOf(resolve, contentOf(resolve, treeOf(add?.operation.requestBody)))
  const quantity = nameOf(fields, /quantity|qty|amount|count/i)
  const product = nameOf(fields, /product|sku|variant|item/i)
  const id = pointerTo(resolve, responseOf(resolve, create?.operation), /^(.*_?cart_?id|id)$/i)
  const lines = pointerTo(resolve, responseOf(resolve, get?.operation), /items|lines/i)
  return {
    ...(create && { create: `POST ${withCart(create.path)}` }),
    ...(add && { add: `POST ${withCart(add.path)}` }),
    ...(get && { get: `GET ${withCart(get.path)}` }),
    ...(product !== undefined && quantity !== undefined && { body: `${product},${quantity}` }),
    ...(id !== undefined && { id }),
    ...(lines !== undefined && { lines }),
  }
}

async function readDocument(file: string): Promise<Tree> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`openapi: ${file}: ${fileErrorReason(error)}`)
  }
  const { parse } = await import('yaml')
  let document: Tree = {}
  try {
    document = treeOf(parse(text))
  } catch {
    // Said below.
  }
  if (document.openapi === undefined)
    throw new UsageError(`openapi: ${file} is no OpenAPI document`)
  return document
}

/** The shortest path that fits. */
function find(paths: Tree, method: string, fits: RegExp) {
  const [path] = Object.keys(paths)
    .filter((candidate) => fits.test(candidate) && method in treeOf(paths[candidate]))
    .sort((a, b) => a.length - b.length)
  return path === undefined ? undefined : { path, operation: treeOf(treeOf(paths[path])[method]) }
}

/** The first parameter of a path is the cart. */
function withCart(path: string): string {
  return path.replace(/\{[^}]+\}/, '{cart}')
}

function responseOf(resolve: (node: unknown) => Tree, operation: Tree | undefined): Tree {
  const [, response] =
    Object.entries(treeOf(operation?.responses)).find(([status]) => status.startsWith('2')) ?? []
  return contentOf(resolve, resolve(response))
}

function contentOf(resolve: (node: unknown) => Tree, node: Tree): Tree {
  const json = treeOf(treeOf(resolve(node).content)['application/json'])
  return resolve(json.schema)
}

/** The fields of a schema, or of the first alternative that has some. */
function propertiesOf(resolve: (node: unknown) => Tree, schema: Tree): Tree {
  if (schema.properties !== undefined) return treeOf(schema.properties)
  const choices = [schema.oneOf, schema.anyOf, schema.allOf].find(Array.isArray) ?? []
  for (const choice of choices) {
    const properties = propertiesOf(resolve, resolve(choice))
    if (Object.keys(properties).length > 0) return properties
  }
  return {}
}

/** A field by its name, at most two levels deep. */
function pointerTo(
  resolve: (node: unknown) => Tree,
  schema: Tree,
  name: RegExp,
  depth = 2,
): string | undefined {
  const properties = propertiesOf(resolve, schema)
  const found = nameOf(properties, name)
  if (found !== undefined) return `/${found}`
  if (depth === 0) return undefined
  for (const [field, below] of Object.entries(properties)) {
    const pointer = pointerTo(resolve, resolve(below), name, depth - 1)
    if (pointer !== undefined) return `/${field}${pointer}`
  }
  return undefined
}

function nameOf(properties: Tree, fits: RegExp): string | undefined {
  return Object.keys(properties).find((name) => fits.test(name))
}

/** A node, or what its reference within the document means. */
function resolved(document: Tree, node: unknown): Tree {
  const { $ref } = treeOf(node)
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return treeOf(node)
  return treeOf(
    $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((tree, part) => treeOf(tree)[part.replaceAll('~1', '/')], document),
  )
}

function treeOf(node: unknown): Tree {
  return typeof node === 'object' && node !== null ? (node as Tree) : {}
}
