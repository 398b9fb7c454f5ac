import { UsageError } from '../errors/usage-error.ts'
import type { BodyTemplate, Json, Template, Values } from './api.ts'

/** Fills a compiled template by concatenation: its text was split at the placeholders once. */
export type Render = (values: Values) => string

/** Values that are known when a template is compiled, such as `session.token`: fixed text of the template. */
export type Constants = Readonly<Record<string, string>>

export interface Surroundings {
  /** Fixed text in front of the template, and behind it. */
  readonly before?: string
  readonly after?: string
  readonly constants?: Constants
}

type Encode = (value: Values[keyof Values]) => string

interface Placeholder {
  readonly name: keyof Values
  readonly encode: Encode
  /** The text up to the next placeholder. */
  readonly tail: string
}

const NAMES = [
  'customer',
  'cart',
  'product',
  'quantity',
  'lines',
  'line',
  'from',
  'strategy',
  'consistency',
  'minVersion',
  'cursor',
  'idempotencyKey',
  'ifMatch',
] as const satisfies readonly (keyof Values)[]

/** `{name}` or `{name:number}`. Other braces, such as those of a GraphQL query, are text. */
const PLACEHOLDER = `\\{(?:${NAMES.join('|')}|(?:cart|session|env)\\.\\w+)(?::(?:number|string|path))?\\}`
const PLACEHOLDERS = new RegExp(`(${PLACEHOLDER})`)
const JSON_PLACEHOLDERS = new RegExp(`("${PLACEHOLDER}"|${PLACEHOLDER})`)

/**
 * A path, a query or a header, whose values are encoded by `encode`.
 *
 * @throws UsageError for a placeholder that nothing fills
 */
export function compileText(
  template: Template,
  encode: (text: string) => string,
  { before = '', after = '', constants = {} }: Surroundings = {},
): Render {
  if (typeof template === 'function')
    return (values) => before + template({ ...constants, ...values }) + after
  refuseUnknown(template, /\{\w[\w.]*\}/)
  const encodeValue: Encode = (value) => encode(value as string)
  return concatenation(before, template.split(PLACEHOLDERS), after, constants, (found) =>
    found.includes(':path}') ? linkPath : encodeValue,
  )
}

/**
 * A JSON text in ASCII, so that its length in characters is its length in bytes.
 *
 * @param line template of one element of `{lines}`
 * @throws UsageError for a placeholder that nothing fills
 */
export function compileJson(
  template: BodyTemplate,
  line: BodyTemplate = null,
  constants: Constants = {},
): Render {
  if (typeof template === 'function')
    return (values) => asciiJson(template({ ...constants, ...values }))
  const text = asciiJson(template)
  refuseUnknown(text, /"\{\w[\w.]*\}"/)
  // A placeholder with quotes around it is a whole text, and becomes a value; another is a part of a text.
  return concatenation('', text.split(JSON_PLACEHOLDERS), '', constants, (found) => {
    if (nameOf(found) === 'lines') return compileLines(line, constants)
    if (!found.startsWith('"')) return jsonPart
    if (found.includes(':number}')) return jsonNumber
    return found.includes(':string}') ? jsonText : jsonValue
  })
}

/** The names of a template's placeholders, without constants; a function is not looked into. */
export function namesIn(template: Template): (keyof Values)[] {
  if (typeof template === 'function') return []
  const found = template.match(new RegExp(PLACEHOLDER, 'g')) ?? []
  return found.map(nameOf).filter((name) => !isConstant(name))
}

/**
 * @param pieces texts and placeholders in turn
 * @param after  fixed text behind the last piece
 */
function concatenation(
  before: string,
  pieces: readonly string[],
  after: string,
  constants: Constants,
  encoderOf: (placeholder: string) => Encode,
): Render {
  let head = before
  const parts: Placeholder[] = []
  const append = (text: string) => {
    const last = parts.pop()
    if (last === undefined) head += text
    else parts.push({ ...last, tail: last.tail + text })
  }
  pieces.forEach((piece, index) => {
    const [name, encode] = [nameOf(piece), encoderOf(piece)]
    if (index % 2 === 0) append(piece)
    else if (isConstant(name)) append(encode(requireConstant(constants, name)))
    else parts.push({ name, encode, tail: '' })
  })
  append(after)
  head = flat(head)
  const filled = parts.map((part) => ({ ...part, tail: flat(part.tail) }))
  return (values) => {
    let text = head
    for (const { name, encode, tail } of filled) text += encode(values[name]) + tail
    return text
  }
}

function nameOf(placeholder: string): keyof Values {
  return placeholder.replace(/^"?\{|(:\w+)?\}"?$/g, '') as keyof Values
}

function isConstant(name: string): boolean {
  return name.startsWith('session.') || name.startsWith('env.')
}

function requireConstant(constants: Constants, name: string): string {
  const value = name.startsWith('env.') ? process.env[name.slice(4)] : constants[name]
  if (value !== undefined) return value
  throw new UsageError(
    name.startsWith('env.')
      ? `api: the environment variable ${name.slice(4)} is not set`
      : `api: no step of setup captures ${name.slice(8)} for {${name}}`,
  )
}

function refuseUnknown(template: string, looksLikeOne: RegExp): void {
  const known = new RegExp(`"?${PLACEHOLDER}"?`, 'g')
  const unknown = looksLikeOne.exec(template.replace(known, ''))
  if (unknown !== null)
    throw new UsageError(
      `api: unknown placeholder ${unknown[0].replaceAll('"', '')}; expected one of ${NAMES.join(', ')}, cart.NAME, session.NAME, env.NAME`,
    )
}

/** The same text in one piece: V8 keeps a concatenation as a tree, and would copy that tree for each request. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

function compileLines(template: BodyTemplate, constants: Constants): Encode {
  const render = compileJson(template, null, constants)
  return (lines) => (Array.isArray(lines) ? `[${lines.map(render).join(',')}]` : '[]')
}

/** The path of a link, as it is. */
const linkPath: Encode = (value) => {
  const link = URL.parse(String(value ?? ''), 'http://host')
  return link === null ? '/' : link.pathname + link.search
}

const jsonValue: Encode = (value) =>
  typeof value === 'number' ? String(value) : asciiJson((value ?? null) as string | null)

const jsonText: Encode = (value) => asciiJson(String(value ?? ''))

/** An id with all of its digits, however long. */
const jsonNumber: Encode = (value) => {
  const digits = String(value ?? '')
  return /^-?\d+(\.\d+)?$/.test(digits) ? digits : asciiJson(digits)
}

const jsonPart: Encode = (value) => asciiJson(String(value ?? '')).slice(1, -1)

function asciiJson(value: Json): string {
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[^\0-\x7f]/g, escapeUnit)
}
