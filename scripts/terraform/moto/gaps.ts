import { readFileSync } from 'node:fs'
import { SOURCE } from '../terraform.ts'

/** What moto is known not to do, as terraform/moto-gaps.md says it: the one list, for people and for the check. */
export interface Gaps {
  /** Resources (`type.name`) that moto cannot make, and those that need them. */
  readonly leftOut: readonly string[]
  /** Of `leftOut`, those that moto itself refuses. */
  readonly refused: readonly string[]
  /** Resources that a plan wants to change again right after they were made. */
  readonly restless: readonly string[]
  /** Resources that moto does not let go. */
  readonly kept: readonly string[]
  /** Properties of the policy that cannot hold there. */
  readonly properties: readonly string[]
}

/** Reads the list; its tables are found by their headings, and a row by what is in backticks first. */
export function readGaps(text = readFileSync(`${SOURCE}/moto-gaps.md`, 'utf8')): Gaps {
  const leftOut = rows(text, 'Left out')
  const names = (heading: string) => rows(text, heading).map(({ name }) => name)
  return {
    leftOut: leftOut.map(({ name }) => name),
    refused: leftOut.filter(({ why }) => !why.startsWith('needs `')).map(({ name }) => name),
    restless: names('Never at rest'),
    kept: names('Not destroyed'),
    properties: names('Properties that cannot hold'),
  }
}

function rows(text: string, heading: string): { name: string; why: string }[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`terraform/moto-gaps.md has no "${heading}"`)
  return [...section.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = '', why = '']) => ({
    name,
    why,
  }))
}

/** `type.name` of an address such as `module.a.type.name["key"]`. */
export function resourceOf(address: string): string {
  return /(\w+\.\w+)(\[[^\]]*\])?$/.exec(address)?.[1] ?? address
}

/** Fails unless the two lists have the same members: a gap that has closed is to be taken from the list. */
export function expectSame(
  what: string,
  found: readonly string[],
  listed: readonly string[],
): void {
  const problems = [
    ...[...new Set(found)]
      .filter((name) => !listed.includes(name))
      .map((name) => `"${name}" is not in moto-gaps.md`),
    ...listed
      .filter((name) => !found.includes(name))
      .map((name) => `"${name}" is in moto-gaps.md and no gap any more`),
  ]
  if (problems.length > 0) throw new Error(`${what}: ${problems.join('; ')}`)
}
