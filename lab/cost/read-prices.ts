import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject } from 'ajv'
import { UsageError } from '../errors/usage-error.ts'
import { PRICES_SCHEMA, type Prices } from './prices.ts'

const DEFAULT_FILE = new URL('./prices.json', import.meta.url)
const validate = new Ajv({ allErrors: true }).compile<Prices>(PRICES_SCHEMA)

/**
 * Reads a price file.
 *
 * @param path the user's own file; without one, the prices that come with the package
 * @throws UsageError in one line: what is wrong, where in the file
 */
export function readPrices(path?: string): Prices {
  return parsePrices(textOf(path), path ?? 'prices.json')
}

/**
 * @param name what to call the file in an error
 * @throws UsageError as `readPrices`
 */
export function parsePrices(text: string, name: string): Prices {
  const value = parseJson(text, name)
  if (!validate(value)) throw new UsageError(`prices: ${name}: ${describe(validate.errors ?? [])}`)
  const classes = value.rds_instances.map(({ class: instance }) => instance)
  const twice = classes.find((instance, place) => classes.indexOf(instance) !== place)
  if (twice !== undefined) throw new UsageError(`prices: ${name}: ${twice} is there twice`)
  return value
}

function textOf(path: string | undefined): string {
  try {
    return readFileSync(path ?? DEFAULT_FILE, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    const reason = code === 'ENOENT' ? 'there is no such file' : `cannot read it (${code})`
    throw new UsageError(`prices: ${path ?? 'prices.json'}: ${reason}`)
  }
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : 'unknown error'
    throw new UsageError(`prices: ${name}: not JSON: ${reason}`)
  }
}

/** The first mistake, and how many more there are. */
function describe(errors: readonly ErrorObject[]): string {
  const [first, ...others] = errors
  if (first === undefined) return 'not a price file'
  const { instancePath, message, params } = first
  const place = instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', ' > ')
  const detail = [params.additionalProperty, params.allowedValue, params.allowedValues]
    .filter((value) => value !== undefined)
    .map((value) => ` (${JSON.stringify(value)})`)
    .join('')
  const more = others.length === 0 ? '' : `; and ${others.length} more`
  return `${place} ${message ?? 'is not valid'}${detail}${more}`
}
