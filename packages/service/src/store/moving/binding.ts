import type { MoveRecord } from '../residences.ts'

/** Whether a move has ended, so that its database may take part in another one. */
export function isOver({ phase }: MoveRecord): boolean {
  return phase === 'stay' || phase === 'moved'
}

/**
 * Whether a move that has begun goes to the database of `copy`. The source learns the identity of its destination before it
 * leaves `stay`, so that a mover or an instance with other settings cannot take part in the move.
 *
 * @param record of the source
 * @param copy of the destination
 */
export function isBound(record: MoveRecord, copy: MoveRecord | undefined): boolean {
  return copy?.storeId === record.peerId
}

export const OTHER_DESTINATION =
  'The move of this source goes to another database than the one that MOVE_TO_* names'
