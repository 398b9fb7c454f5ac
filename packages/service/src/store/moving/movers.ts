import type { Member } from '../residences.ts'

/** A mover that shares a limit with others; it is another member as the one that acts by a phase. */
const SHARE = 'mover '
const RUNNER = 'runner '

/** The id of a mover among the members of a move, as one that shares a limit: it acts by no phase. */
export const moverId = (id: string): string => `${SHARE}${id}`

/** The id of a mover as one that acts by a phase. */
export const runnerId = (id: string): string => `${RUNNER}${id}`

export const moversOf = (members: readonly Member[]): Member[] =>
  members.filter(({ id }) => id.startsWith(SHARE))

/** The members that act by a phase: instances, and movers while they move carts. */
export const actorsOf = (members: readonly Member[]): Member[] =>
  members.filter(({ id }) => !id.startsWith(SHARE))

export const instancesOf = (members: readonly Member[]): Member[] =>
  actorsOf(members).filter(({ id }) => !id.startsWith(RUNNER))
