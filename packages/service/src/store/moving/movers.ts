import type { Member } from '../residences.ts'

const PREFIX = 'mover '

/** The id of a mover among the members of a move: it shares a limit with the other movers, and acts by no phase. */
export const moverId = (id: string): string => `${PREFIX}${id}`

export const moversOf = (members: readonly Member[]): Member[] =>
  members.filter(({ id }) => id.startsWith(PREFIX))

/** The members that act by a phase. */
export const instancesOf = (members: readonly Member[]): Member[] =>
  members.filter(({ id }) => !id.startsWith(PREFIX))
