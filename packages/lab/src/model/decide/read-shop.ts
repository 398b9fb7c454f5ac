import { Ajv } from 'ajv'
import { readTextFile } from '../../errors/file-error.ts'
import { firstMistake } from '../../errors/first-mistake.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { BASE_PRESET, PRESETS, type PresetName, SHOP_SCHEMA, type Shop } from './shop.ts'

const isShop = new Ajv({ allErrors: true, verbose: true }).compile<Shop>(SHOP_SCHEMA)
const KEYS: readonly string[] = Object.keys(SHOP_SCHEMA.properties).filter(
  (key) => key !== '$schema',
)

/** The name of a shop that has none. */
const OWN_NAME = 'Your shop'

/**
 * The shop that `--shop` describes: a preset (`growing`), a JSON file, or assignments, also after a preset
 * (`shoppers_per_day=200000,peak_factor=8`; `growing,multi_az=false`). Values that are not given are those of the preset,
 * by default of "growing".
 *
 * @throws UsageError of one line with the first mistake
 */
export function readShop(words: string): Shop {
  const [first = '', ...others] = words.split(',').map((part) => part.trim())
  if (isPreset(first)) return shopOf(PRESETS[first], assigned(others), '')
  if (isAssignment(first)) return shopOf(unnamed(), assigned([first, ...others]), '')
  return shopOf(unnamed(), readFields(words), `${words}: `)
}

/** Assignments start with a name, a path with a character that names do not have (`./my=shop.json`). */
function isAssignment(part: string): boolean {
  return /^\w+\s*=/.test(part)
}

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name)
}

function unnamed(): Shop {
  return { ...PRESETS[BASE_PRESET], name: OWN_NAME }
}

function assigned(parts: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const part of parts) {
    const [, key = '', value = ''] = /^(\w+)\s*=\s*(.+)$/.exec(part) ?? []
    if (key === '')
      throw new UsageError(`shop: "${part}" is not an assignment such as shoppers_per_day=200000`)
    if (Object.hasOwn(fields, key)) throw new UsageError(`shop: ${key} is given twice`)
    fields[key] = parsedValue(value)
  }
  return fields
}

/** A number, `true` or `false`; anything else is a text. */
function parsedValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
}

function readFields(path: string): object {
  const presets = Object.keys(PRESETS).join(', ')
  const text = readTextFile(path, `shop: ${path} is neither a preset (${presets}) nor a file`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : 'unknown error'
    throw new UsageError(`shop: ${path}: not JSON: ${reason}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`shop: ${path}: the file must be an object`)
  return value
}

/** @param place of the values, for error messages */
function shopOf(base: Shop, fields: object, place: string): Shop {
  const unknown = Object.keys(fields).find((key) => key !== '$schema' && !KEYS.includes(key))
  if (unknown !== undefined)
    throw new UsageError(
      `shop: ${place}unknown value "${unknown}"; expected one of ${KEYS.join(', ')}`,
    )
  const { $schema: _, ...shop } = { ...base, ...fields } as Shop & { $schema?: unknown }
  if (!isShop(shop))
    throw new UsageError(`shop: ${place}${firstMistake(isShop.errors, 'not a shop')}`)
  if (shop.adds_per_visit + shop.gets_per_visit === 0)
    throw new UsageError(`shop: ${place}adds_per_visit and gets_per_visit must not both be 0`)
  return shop
}
