import type { ReportSide } from '../model.ts'

/** The colours of the style sheet, and the store that each belongs to while it is in the report. */
const HUES = [
  { hue: '--blue', store: 'postgres' },
  { hue: '--orange', store: 'dynamodb' },
  { hue: '--plum', store: 'dynamodb' },
] as const

/**
 * Gives every side its colour: PostgreSQL is blue and DynamoDB orange or plum in every report, whichever is named first. Sides of
 * other stores, and a second of PostgreSQL, have what is left.
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
