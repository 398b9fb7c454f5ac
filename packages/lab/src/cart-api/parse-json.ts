/**
 * A body parsed as JSON; `undefined` when it is empty or not JSON. An integer that a number cannot hold becomes a text
 * with all of its digits: an id of 19 digits would otherwise turn into another id.
 */
export function parseJson(text: string): unknown {
  try {
    if (text === '') return undefined
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch {
    return undefined
  }
}

function keepDigits(
  _name: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const { source = '' } = context ?? {}
  return /^-?\d+$/.test(source) ? source : value
}
