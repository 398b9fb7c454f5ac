import type { Id, Json, Values } from './api.ts'

/** Fills a compiled template by concatenation: its text was split at the placeholders once. */
export type Render = (values: Values) => string

type Encode = (value: Values[keyof Values]) => string

interface Placeholder {
  readonly name: keyof Values
  readonly encode: Encode
  /** The text up to the next placeholder. */
  readonly tail: string
}

/**
 * A path, a query or a header, whose values are encoded by `encode`.
 *
 * @param before fixed text in front of it
 * @param after  fixed text behind it
 */
export function compileText(
  template: string,
  encode: (value: string) => string,
  before = '',
  after = '',
): Render {
  const [first = '', ...rest] = `${before}${template}`.split(/\{(\w+)\}/)
  const encodeValue: Encode = (value) => encode(value as string)
  const placeholders = pairs(rest).map(([name, tail]) => ({
    name: name as keyof Values,
    encode: encodeValue,
    tail,
  }))
  return concatenation(first, placeholders, after)
}

/**
 * A JSON text in ASCII, so that its length in characters is its length in bytes.
 *
 * @param line template of one element of `{lines}`
 */
export function compileJson(template: Json, line: Json = null): Render {
  // A placeholder with quotes around it is a whole text, and becomes a value; another is a part of a text.
  const [first = '', ...rest] = asciiJson(template).split(/("\{\w+\}"|\{\w+\})/)
  const placeholders = pairs(rest).map(([found, tail]) => {
    const whole = found.startsWith('"')
    const name = found.replace(/\W/g, '') as keyof Values
    const encode = name === 'lines' ? compileLines(line) : whole ? jsonValue : jsonPart
    return { name, encode, tail }
  })
  return concatenation(first, placeholders, '')
}

/** @param after fixed text behind the last placeholder */
function concatenation(first: string, placeholders: readonly Placeholder[], after: string): Render {
  const last = placeholders.length - 1
  const head = flat(last < 0 ? first + after : first)
  const parts = placeholders.map((part, index) => ({
    ...part,
    tail: flat(index === last ? part.tail + after : part.tail),
  }))
  return (values) => {
    let text = head
    for (const { name, encode, tail } of parts) text += encode(values[name]) + tail
    return text
  }
}

/** The same text in one piece: V8 keeps a concatenation as a tree, and would copy that tree for each request. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

function compileLines(template: Json): Encode {
  const render = compileJson(template)
  return (lines) => (Array.isArray(lines) ? `[${lines.map(render).join(',')}]` : '[]')
}

const jsonValue: Encode = (value) =>
  typeof value === 'number' ? String(value) : asciiJson((value ?? null) as Id | null)

const jsonPart: Encode = (value) => asciiJson(String(value ?? '')).slice(1, -1)

function asciiJson(value: Json): string {
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[^\0-\x7f]/g, escapeUnit)
}

/** What `split` found: placeholders, each with the text behind it. */
function pairs(parts: readonly string[]): [string, string][] {
  return Array.from({ length: parts.length / 2 }, (_, index) => [
    parts[2 * index] ?? '',
    parts[2 * index + 1] ?? '',
  ])
}
