import { InvalidArgumentError } from 'commander'

/** An option with a number of at least 0. */
export function decimal(text: string): number {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text))
    throw new InvalidArgumentError('It must be a number of at least 0.')
  return Number(text)
}

/** An option with an integer. */
export function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be an integer.')
  return Number(text)
}

/** An option that may be repeated. */
export function collect(text: string, before: string[] = []): string[] {
  return [...before, text]
}

/** An option with the number of load generators, or `auto`. */
export function generators(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : integer(text)
}
