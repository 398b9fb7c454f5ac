import type { ErrorObject } from 'ajv'

/**
 * The first mistake that a validation found, with its place in the document, and the number of further mistakes. With
 * ajv's `verbose`, a number out of range is shown.
 *
 * @param none words for a validation without errors
 */
export function firstMistake(errors: readonly ErrorObject[] | null | undefined, none: string) {
  const [first, ...others] = errors ?? []
  if (first === undefined) return none
  const { instancePath, message, params, data } = first
  const place = instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', ' > ')
  const detail = [params.additionalProperty, params.allowedValue, params.allowedValues]
    .filter((value) => value !== undefined)
    .map((value) => ` (${JSON.stringify(value)})`)
    .join('')
  const got = isScalar(data) ? ` (got ${JSON.stringify(data)})` : ''
  const more = others.length === 0 ? '' : `; and ${others.length} more`
  return `${place} ${message ?? 'is not valid'}${detail}${got}${more}`
}

function isScalar(data: unknown): boolean {
  return ['number', 'string', 'boolean'].includes(typeof data)
}
