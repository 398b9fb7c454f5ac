import { Violation } from './programs.ts'

export interface Explored {
  /** Number of different states. */
  readonly states: number
  /** Number of steps from one state to another. */
  readonly steps: number
  /** Number of states in which no process can do anything. */
  readonly ends: number
  /** The first violation that was found. */
  readonly violation: string | undefined
}

export interface Visit<World> {
  readonly successors: (world: World) => readonly World[]
  /** @throws Violation when an invariant does not hold */
  readonly requireInvariants: (world: World) => void
  /** Equal states have equal texts. */
  readonly identityOf: (world: World) => string
}

/** Bound that says when a scenario is too large for a test; no exploration is ever cut off silently. */
const MAX_STATES = 1_000_000

/**
 * Visits every state that can be reached in any interleaving. A crash needs no step of its own: the invariants are also of what
 * would be left if all processes stopped there, and a process that never gets another turn has crashed.
 */
export function visitAll<World>(
  start: World,
  { successors, requireInvariants, identityOf }: Visit<World>,
): Explored {
  const known = new Set<string>()
  const open: World[] = [start]
  let steps = 0
  let ends = 0
  const result = (violation?: string) => ({ states: known.size, steps, ends, violation })
  const isNew = (world: World) => {
    const { size } = known
    return known.add(identityOf(world)).size > size
  }
  isNew(start)
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    if (known.size > MAX_STATES) throw new Error('the scenario has too many states')
    try {
      requireInvariants(world)
      const next = successors(world)
      if (next.length === 0) ends += 1
      steps += next.length
      open.push(...next.filter(isNew))
    } catch (error) {
      if (error instanceof Violation) return result(error.message)
      throw error
    }
  }
  return result()
}

/**
 * Short texts for parts of states: equal parts have equal texts. States share most of their parts, so nearly every part is found
 * by its object.
 *
 * @returns the text of a part; `textOf` says what it consists of, its JSON unless given
 */
export function openIdentities() {
  const byObject = new WeakMap<object, string>()
  const byText = new Map<string, string>()
  return (part: object | undefined, textOf: () => string = () => JSON.stringify(part)): string => {
    if (part === undefined) return ''
    const found = byObject.get(part)
    if (found !== undefined) return found
    const text = textOf()
    const identity = byText.get(text) ?? byText.size.toString(36)
    byText.set(text, identity)
    byObject.set(part, identity)
    return identity
  }
}
