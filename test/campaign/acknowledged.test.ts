import { describe, expect, it } from 'vitest'
import { countAcknowledged } from '../../campaign/acknowledged.ts'
import type { Operation } from '../../packages/histories/src/index.ts'

const operation = (kind: Operation['kind'], status: Operation['status']): Operation => ({
  id: 0,
  session: 's0',
  process: 'i0',
  intended: 0,
  call: 0,
  return: 1,
  kind,
  cart: 'c',
  status,
})
const ADDED = operation('add', 'ok')

describe('waiting for acknowledged changes', () => {
  it('ends when the instance has acknowledged so many more, whatever was read, refused or acknowledged by others', async () => {
    const acknowledged = countAcknowledged()
    acknowledged.look([ADDED])
    const ended: string[] = []
    const more = acknowledged.more(2, 'i0').then(() => ended.push('two more'))
    const other = acknowledged.more(1, 'i1').then(() => ended.push('one of another'))
    const seen = [
      ADDED,
      ADDED,
      operation('get', 'ok'),
      operation('add', 'fail'),
      { ...ADDED, process: 'i1' },
    ]
    acknowledged.look(seen)
    await other
    expect(ended).toEqual(['one of another'])
    acknowledged.look([...seen, operation('add', 'info'), ADDED])
    await more
    expect(ended).toEqual(['one of another', 'two more'])
  })

  it('ends at the end of the recording', async () => {
    const acknowledged = countAcknowledged()
    const before = acknowledged.more(10, 'i0')
    acknowledged.release()
    await before
    await acknowledged.more(10, 'i1')
  })
})
