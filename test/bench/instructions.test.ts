import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readNames, readProfile } from '../../bench/instructions/profile.ts'
import { useFolder } from '../support/folder.ts'

const folder = useFolder()

it('names of compiled functions: the last one at an address counts', () => {
  const nameOf = readNames('1000 20 JS:*old\n1010 2000 JS:*new\nno line of the list\n')
  expect(nameOf(0x1000)).toBe('JS:*old')
  expect(nameOf(0x1010)).toBe('JS:*new')
  expect(nameOf(0x2fff)).toBe('JS:*new')
  expect(nameOf(0x3010)).toBeUndefined()
  expect(nameOf(0xfff)).toBeUndefined()
})

it('a profile has the instructions of functions without those that they call', async () => {
  const file = join(folder, 'callgrind.1')
  const nameOf = readNames('1000 10 JS:*read packages/service/src/a.ts\n2000 10 Builtin:LoadIC\n')
  const counts = [
    'positions: instr line',
    'fn=???',
    '0x1000 0 5',
    '0x1004 0 7',
    'cfn=malloc',
    'calls=3 0x9000 0',
    '0x1004 0 1000',
    'fn=malloc',
    '0x9000 0 40',
    '0x2000 0 2',
    'fn=v8::internal::compiler::Reduce()',
    '0x9100 0 30',
  ]
  await writeFile(file, counts.join('\n'))
  expect(await readProfile(file, nameOf)).toEqual({
    functions: [
      ['malloc', 40],
      ['v8::internal::compiler::Reduce()', 30],
      ['JS:*read packages/service/src/a.ts', 12],
      ['Builtin:LoadIC', 2],
    ],
    kinds: [
      ['native code', 40],
      ['compilation', 30],
      ['this project', 12],
      ['builtins of V8', 2],
    ],
    total: 54,
  })
})
