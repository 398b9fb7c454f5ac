import type { ReportSide } from './model.ts'

/** Accent colours of the style sheet, each reserved for a store that is in the report. */
const HUES = [
  { hue: '--blue', store: 'postgres' },
  { hue: '--orange', store: 'dynamodb' },
  { hue: '--plum', store: 'dynamodb' },
  { hue: '--moss', store: 'postgres' },
] as const

/**
 * CSS of the accent colours. In every report PostgreSQL is blue, or moss in a second layout, and DynamoDB orange or plum,
 * in any order; other targets get the remaining colours.
 */
export function accentStyle(sides: readonly Pick<ReportSide, 'store'>[]): string {
  const free = new Set<string>(HUES.map(({ hue }) => hue))
  const take = (hue: string | undefined) => {
    if (hue !== undefined) free.delete(hue)
    return hue
  }
  const own = sides.map(({ store }) =>
    take(HUES.find((one) => one.store === store && free.has(one.hue))?.hue),
  )
  const all = own.map((hue) => hue ?? take([...free][0]) ?? '--blue')
  return `:root { ${all.map((hue, place) => `--side-${place + 1}: var(${hue});`).join(' ')} }\n`
}
