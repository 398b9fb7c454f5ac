import type { Side } from '../../compare/side.ts'
import type { ComparisonFile } from '../../results/comparison-file.ts'

/** Differences between the environments, loads and targets of two runs, a line each. */
export function differencesOf(older: ComparisonFile, newer: ComparisonFile): string[] {
  return [
    ...fieldDifferences('machine', older.environment.machine, newer.environment.machine),
    ...fieldDifferences('load', older.load?.spec ?? {}, newer.load?.spec ?? {}),
    ...older.environment.sides.flatMap((side) => {
      const other = newer.environment.sides.find(({ key }) => key === side.key)
      return other === undefined ? [] : sideDifferences(side, other)
    }),
    ...missingSides(older, newer, 'old run only'),
    ...missingSides(newer, older, 'new run only'),
  ]
}

function sideDifferences(older: Side, newer: Side): string[] {
  const compared = ({
    store,
    engine,
    read_consistency,
    emulator,
    database_version,
    durability,
    pool_size = null,
  }: Side) => ({
    store,
    engine,
    read_consistency,
    emulator,
    database_version,
    durability,
    pool_size,
  })
  return fieldDifferences(older.label, compared(older), compared(newer))
}

function missingSides(has: ComparisonFile, lacks: ComparisonFile, where: string): string[] {
  const known = new Set(lacks.environment.sides.map(({ key }) => key))
  return has.environment.sides
    .filter(({ key }) => !known.has(key))
    .map(({ label }) => `${label}: ${where}`)
}

function fieldDifferences(of: string, older: object, newer: object): string[] {
  const values = newer as Readonly<Record<string, unknown>>
  return Object.entries(older).flatMap(([field, value]) => {
    const [before, after] = [JSON.stringify(value), JSON.stringify(values[field])]
    return before === after
      ? []
      : [`${of}: ${field.replaceAll('_', ' ')} ${bare(before)}, now ${bare(after)}`]
  })
}

/** A JSON value without quotes. */
function bare(json: string | undefined): string {
  return (json ?? 'unknown').replace(/^"(.*)"$/, '$1')
}
