import { expect, it } from 'vitest'
import { runCli } from './cli.ts'

it.each([
  [['old.json'], 'missing the newer of the two result files to compare'],
  [
    ['old.json', 'new.json', '--rate', '300'],
    '--rate: has no effect when two result files are compared',
  ],
  [
    ['old.json', 'new.json', '--seed', '1'],
    '--seed: has no effect when two result files are compared',
  ],
])('pushcart compare %j ends with one line and exit code 3', async (args, line) => {
  const ended = await runCli(['compare', ...args])
  expect(ended).toEqual({ code: 3, out: '', err: `error: ${line}\n` })
})
