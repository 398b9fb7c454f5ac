/**
 * One statement that does the work of one request, as pgbench sends it: prepared, with parameters named by colons.
 */
export interface Statement {
  readonly name: string
  readonly sql: string
  /** Parameters drawn at random for every execution: minimum and maximum integer. */
  readonly drawn: Readonly<Record<string, readonly [number, number]>>
  /** Constant parameters. */
  readonly fixed: Readonly<Record<string, number>>
}

/** The statement as a pgbench script. */
export function pgbenchScript({ sql, drawn }: Statement): string {
  const draws = Object.entries(drawn).map(
    ([name, [least, most]]) => `\\set ${name} random(${least}, ${most})`,
  )
  return `${[...draws, sql.replace(/\s+/g, ' ').trim()].join('\n')};\n`
}

/** pgbench options for the constant parameters. */
export function pgbenchConstants({ fixed }: Statement): string[] {
  return Object.entries(fixed).flatMap(([name, value]) => ['-D', `${name}=${value}`])
}

/** The statement with numbered parameters, and their names. */
export function numbered(sql: string): { readonly text: string; readonly names: string[] } {
  const names: string[] = []
  // Two colons are a cast.
  const text = sql.replace(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { text, names }
}
