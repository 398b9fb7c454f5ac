/**
 * One statement that does the work of one request, as PostgreSQL's own load generator sends it: prepared, its
 * parameters named by colons.
 */
export interface Statement {
  readonly name: string
  readonly sql: string
  /** Parameters that are drawn anew for every execution: smallest and largest integer. */
  readonly drawn: Readonly<Record<string, readonly [number, number]>>
  /** Parameters that stay the same. */
  readonly fixed: Readonly<Record<string, number>>
}

/** The statement as a script of pgbench. */
export function pgbenchScript({ sql, drawn }: Statement): string {
  const draws = Object.entries(drawn).map(
    ([name, [least, most]]) => `\\set ${name} random(${least}, ${most})`,
  )
  return `${[...draws, sql.replace(/\s+/g, ' ').trim()].join('\n')};\n`
}

/** Options that give pgbench what stays the same. */
export function pgbenchConstants({ fixed }: Statement): string[] {
  return Object.entries(fixed).flatMap(([name, value]) => ['-D', `${name}=${value}`])
}

/** The statement with numbered parameters, and the names that they stand for. */
export function numbered(sql: string): { readonly text: string; readonly names: string[] } {
  const names: string[] = []
  // Two colons are a cast.
  const text = sql.replace(/(?<!:):([a-z_]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { text, names }
}
