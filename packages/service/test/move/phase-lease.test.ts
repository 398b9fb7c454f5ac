import { expect, it } from 'vitest'
import { start } from '../../src/run/move/actions.ts'
import { moveAll } from '../../src/run/move/mover.ts'
import { openPhaseLease } from '../../src/run/move/phase-lease.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { actions, fill, TIMES } from './databases.ts'

it('a mover stays registered until it has no cart in hand, whatever ends it', async () => {
  const pair = { source: openMemoryStore(), destination: openMemoryStore() }
  await start(actions(pair))
  const { control } = pair.source.residences
  const signal = new AbortController().signal
  const lease = await openPhaseLease({ control, times: TIMES, phase: 'moving', signal })
  const turn = await lease.enter()
  const disposed = lease[Symbol.asyncDispose]()
  await new Promise((resolve) => setTimeout(resolve, 3 * TIMES.renewMs))
  expect(await control.members()).toHaveLength(1)
  turn.end()
  await disposed
  expect(await control.members()).toEqual([])
})

it('a mover that cannot find out whether its lease is over has the cart in hand no longer', async () => {
  const pair = { source: openMemoryStore(), destination: openMemoryStore() }
  await fill(pair.source, 1)
  let inHand = 0
  const moving = moveAll({
    ...actions(pair, { workers: 1 }),
    to: 'destination',
    report() {},
    async enter() {
      inHand += 1
      return {
        isValid: () => false,
        confirm: () => Promise.reject(new Error('no response')),
        end() {
          inHand -= 1
        },
      }
    },
  })
  await expect(moving).rejects.toThrow('no response')
  expect(inHand).toBe(0)
})
