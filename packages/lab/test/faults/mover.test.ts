import { moveCommand } from '@pushcart/service'
import { describe, expect, it } from 'vitest'
import { moveArguments } from '../../src/faults/move/mover.ts'
import { liveArguments } from '../../src/live/moving/mover.ts'

describe('pushcart move takes the options', () => {
  it.each([
    ...(['start', 'back', 'verify'] as const).map((action) =>
      moveArguments(action, { workers: 2, cartsPerSecond: 10 }),
    ),
    ...(['start', 'back', 'finish'] as const).map((action) => liveArguments(action, 10)),
  ])('%s %s %s ...', (move, action, ...options) => {
    const command = moveCommand().commands.find((each) => each.name() === action)
    expect(move).toBe('move')
    expect(command?.parseOptions(options)).toEqual({ operands: [], unknown: [] })
  })
})
