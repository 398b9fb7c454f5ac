import { spawnSync } from 'node:child_process'

/** The first line of each program's version; `undefined` if it is not installed. */
export interface Tools {
  readonly wrk: string | undefined
  readonly pgbench: string | undefined
}

export function findTools(): Tools {
  // wrk has no version option: `-v` exits with 1, but prints the version.
  return { wrk: firstLine('wrk', '-v'), pgbench: firstLine('pgbench', '--version') }
}

/** One line for each missing program. */
export function missingTools({ wrk, pgbench }: Tools): string[] {
  return [
    ...(wrk === undefined
      ? [
          'wrk is not installed (apt-get install wrk): a driver in Node replaces it and uses more of the cores it shares with the service',
        ]
      : []),
    ...(pgbench === undefined
      ? [
          'pgbench is not installed (apt-get install postgresql-contrib): `pg` in Node replaces it. It is a weaker opponent, so goals against pgbench are not judged',
        ]
      : []),
  ]
}

function firstLine(program: string, argument: string): string | undefined {
  const { error, stdout } = spawnSync(program, [argument], { encoding: 'utf8' })
  if (error !== undefined) return undefined
  return stdout.split(/ Copyright|\n/)[0]?.trim()
}
