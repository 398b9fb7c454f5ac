import { expect, it } from 'vitest'
import { runCli } from './cli.ts'

it.each([
  [['old.json'], 'two result files are compared, the older first'],
  [
    ['old.json', 'new.json', '--rate', '300'],
    '--rate: two result files are compared, nothing is measured',
  ],
  [
    ['old.json', 'new.json', '--seed', '1'],
    '--seed: two result files are compared, nothing is measured',
  ],
])('pushcart compare %j says in one line why not, with exit code 3', async (args, line) => {
  const ended = await runCli(['compare', ...args])
  expect(ended).toEqual({ code: 3, out: '', err: `pushcart: ${line}\n` })
})
