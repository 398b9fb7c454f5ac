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
  it('ends when so many more have been acknowledged, whatever was read or refused', async () => {
    const acknowledged = countAcknowledged()
    acknowledged.look([ADDED])
    const ended: string[] = []
    const more = acknowledged.more(2).then(() => ended.push('two more'))
    const seen = [ADDED, ADDED, operation('get', 'ok'), operation('add', 'fail')]
    acknowledged.look(seen)
    await Promise.resolve()
    expect(ended).toEqual([])
    acknowledged.look([...seen, operation('add', 'info'), ADDED])
    await more
    expect(ended).toEqual(['two more'])
  })

  it('ends at the end of the recording', async () => {
    const acknowledged = countAcknowledged()
    const before = acknowledged.more(10)
    acknowledged.release()
    await before
    await acknowledged.more(10)
  })
})
