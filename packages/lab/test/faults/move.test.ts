import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readHistory } from '@pushcart/histories'
import { expect, test } from 'vitest'
import { chooseConsistency } from '../../src/commands/consistency-choice.ts'
import { recordMove } from '../../src/commands/consistency-move.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { startEngines } from '../../src/faults/move/engines.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'

const CHOICE = { clients: 4, seed: 1 }

test('carts of a fleet move while clients use them, and what they see is recorded', async () => {
  await using engines = await startEngines()
  const file = join(await ownFolder(), 'history.ndjson')
  const { history, move } = await recordMove(
    file,
    {
      ...CHOICE,
      engines,
      from: 'dynamodb',
      faults: false,
      seconds: 100,
      carts: 12,
      legs: 1,
      lagMs: 0,
    },
    recordingIo(),
  )
  expect(move.failures).toEqual([])
  expect(move.legs).toBeGreaterThanOrEqual(1)
  expect(move.events.map(({ event }) => event)).toContain('move start done')
  const { operations } = history
  // A later check of the file judges it alike.
  expect((await readHistory(file)).header).toMatchObject({ may_refuse: ['old'] })
  expect(new Set(operations.map(({ process }) => process))).toEqual(new Set(['i0', 'i1', 'old']))
  // The instance of the release before answers no final read.
  expect(operations.some((one) => one.final === true && one.process === 'old')).toBe(false)
  const filled = operations.filter(
    ({ session, kind }) => session.startsWith('fill') && kind === 'create',
  )
  expect(filled).toHaveLength(12)
  expect((await readFile(file, 'utf8')).split('\n').length).toBeGreaterThan(operations.length)
}, 240_000)

test.each([
  [{ embedded: ['postgres'], carts: 5 }, 'carts: requires --embedded move'],
  [{ embedded: ['move'], carts: 0 }, 'carts: must be'],
  [{ embedded: ['moves'] }, 'embedded: unknown store "moves"; expected one of postgres'],
] as const)('%j is a usage error', async (options, message) => {
  const io = recordingIo()
  expect(await runCommand(io, false, () => chooseConsistency({ ...CHOICE, ...options }, io))).toBe(
    3,
  )
  expect(io.stderr.join('\n')).toContain(message)
})
