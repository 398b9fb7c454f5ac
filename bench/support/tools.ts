import { spawnSync } from 'node:child_process'

/** The first line of each program's own version; `undefined` where it is not installed. */
export interface Tools {
  readonly wrk: string | undefined
  readonly pgbench: string | undefined
}

export function findTools(): Tools {
  // wrk has no option for it, so `-v` ends with code 1, but says it.
  return { wrk: firstLine('wrk', '-v'), pgbench: firstLine('pgbench', '--version') }
}

/** What to tell about the missing ones, a line each. */
export function missingTools({ wrk, pgbench }: Tools): string[] {
  return [
    ...(wrk === undefined
      ? [
          'wrk is not installed (apt-get install wrk): a driver in Node takes its place, which uses more of the cores that the service shares with it',
        ]
      : []),
    ...(pgbench === undefined
      ? [
          'pgbench is not installed (apt-get install postgresql-contrib): `pg` in Node takes its place, a weaker opponent, so goals against pgbench are not judged',
        ]
      : []),
  ]
}

function firstLine(program: string, argument: string): string | undefined {
  const { error, stdout } = spawnSync(program, [argument], { encoding: 'utf8' })
  if (error !== undefined) return undefined
  return stdout.split(/ Copyright|\n/)[0]?.trim()
}
