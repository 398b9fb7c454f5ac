import { Ajv } from 'ajv'
import { readTextFile } from '../../errors/file-error.ts'
import { firstMistake } from '../../errors/first-mistake.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { PRICES_SCHEMA, type Prices } from './prices.ts'

const DEFAULT_FILE = new URL('./prices.json', import.meta.url)
const isPrices = new Ajv({ allErrors: true }).compile<Prices>(PRICES_SCHEMA)

/**
 * Reads a price file.
 *
 * @param path a user's file; the default prices of the package if left out
 * @throws UsageError of one line with the first mistake and its place in the file
 */
export function readPrices(path?: string): Prices {
  const name = path ?? 'prices.json'
  return parsePrices(readTextFile(path ?? DEFAULT_FILE, `prices: ${name}`), name)
}

/**
 * @param name of the file, for error messages
 * @throws UsageError as `readPrices`
 */
export function parsePrices(text: string, name: string): Prices {
  const value = parseJson(text, name)
  if (!isPrices(value))
    throw new UsageError(`prices: ${name}: ${firstMistake(isPrices.errors, 'not a price file')}`)
  const classes = value.rds_instances.map(({ class: instance }) => instance)
  const twice = classes.find((instance, index) => classes.indexOf(instance) !== index)
  if (twice !== undefined)
    throw new UsageError(`prices: ${name}: instance class ${twice} is listed twice`)
  return value
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : 'unknown error'
    throw new UsageError(`prices: ${name}: not JSON: ${reason}`)
  }
}
