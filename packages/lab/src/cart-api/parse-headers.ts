import { readFileSync } from 'node:fs'
import { fileErrorReason } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'

/**
 * Headers of the command line: `Name: value`, `Name: @FILE` (the value is in a file) or `@FILE` (a file with one header
 * per line). `$NAME` and `${NAME}` in a value are variables of the environment, `$$` is a dollar. Values that come from
 * files and variables are in no process list.
 *
 * @returns by names in lower case
 * @throws UsageError that does not show a value
 */
export function parseHeaders(given: readonly string[]): Record<string, string> {
  const lines = given.flatMap((text) =>
    text.startsWith('@') ? read(text.slice(1)).split(/\r?\n/) : [text],
  )
  const headers: Record<string, string> = {}
  for (const line of lines) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, name = '', value] = /^([!#$%&'*+.^_`|~\w-]+)[ \t]*:(.*)$/s.exec(line) ?? []
    if (value === undefined) throw new UsageError("header: must be 'Name: value' or @FILE")
    headers[name.toLowerCase()] = headerValue(name, value.trim())
  }
  for (const name of FRAMING)
    if (name in headers) throw new UsageError(`header: ${name} is set by the lab`)
  return headers
}

const FRAMING = ['host', 'content-length', 'transfer-encoding', 'connection', 'content-type']

function headerValue(name: string, text: string): string {
  const value = text.startsWith('@') ? read(text.slice(1)).trim() : expand(text)
  if (value === '') throw new UsageError(`header: ${name} has no value`)
  if (!/^[\t\x20-\x7e]*$/.test(value))
    throw new UsageError(`header: the value of ${name} must be ASCII without line breaks`)
  return value
}

function expand(text: string): string {
  return text.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (_, plain?: string, braced?: string) => {
    const variable = plain ?? braced
    if (variable === undefined) return '$'
    const value = process.env[variable]
    if (value === undefined)
      throw new UsageError(`header: the environment variable ${variable} is not set`)
    return value
  })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`header: ${path}: ${fileErrorReason(error)}`)
  }
}

/** A header option as it may be recorded: names, files and variables, but no value. */
export function withoutValue(option: string): string {
  if (option.startsWith('@')) return option
  const [name = '', ...rest] = option.split(':')
  const value = rest.join(':').trim()
  const isReference =
    value.startsWith('@') || /^(?:(?:Bearer|Basic|Token) )?\$(?:\w+|\{\w+\})$/i.test(value)
  return isReference ? option : `${name}: ***`
}
