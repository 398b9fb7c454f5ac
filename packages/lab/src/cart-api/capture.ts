import type { Pointer } from './api.ts'
import type { HttpResponse } from './exchange.ts'
import { compilePointer } from './pointer.ts'
import { textOf } from './read-response.ts'

type Captures = Readonly<Record<string, Pointer>>

/**
 * The values that a response gives for some names, each found by a pointer or in a header (`header NAME`); those that it
 * does not have are left out.
 */
export function captureFrom(
  captures: Captures,
  { body, headers = {} }: Pick<HttpResponse, 'body' | 'headers'>,
): Record<string, string> {
  const found = Object.entries(captures).flatMap(([name, pointer]) => {
    const header = headerOf(pointer)
    const value =
      header === undefined ? compilePointer(pointer)(body) : [headers[header]].flat().at(0)
    const text = textOf(value)
    return text === undefined ? [] : [[name, text] as const]
  })
  return Object.fromEntries(found)
}

function headerOf(pointer: Pointer): string | undefined {
  return typeof pointer === 'string'
    ? /^header (\S+)$/i.exec(pointer)?.[1]?.toLowerCase()
    : undefined
}
