import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useFolder } from '../../../test/support/folder.ts'
import { formatHistory, parseHistory, readHistory, writeHistory } from '../src/index.ts'
import { simulate } from './support/wrong-stores/simulate.ts'

const folder = useFolder()

const HEADER =
  '{"format":"pushcart-history","format_version":1,"seed":1,"service":{"name":"x","versions":true,"keys":true},"faults":[]}'
const GET =
  '{"id":1,"session":"s","process":"p","kind":"get","cart":"c","intended":1,"call":1,"return":2,"status":"ok","read":"strong","lines":[["p1",2]]}'

describe('a history file', () => {
  it('may have any line endings and empty lines', () => {
    const text = `${HEADER}\r\n\r\n${GET}\r\n`
    expect(parseHistory(text).operations).toHaveLength(1)
  })

  it('with an endless line is refused before the line fills the memory', async () => {
    const path = join(folder, 'endless.ndjson')
    writeFileSync(path, `${HEADER}\n`)
    truncateSync(path, 80 * 1024 * 1024)
    await expect(readHistory(path)).rejects.toThrow('line 2: the line is too long')
  })

  it('is read as it was written', async () => {
    const history = simulate({ seed: 1, operations: 40 })
    const path = join(folder, 'history.ndjson')
    const writer = writeHistory(path, history.header)
    for (const operation of history.operations) await writer.write(operation)
    await writer.close()
    expect(await readHistory(path)).toEqual(history)
    expect(parseHistory(formatHistory(history))).toEqual(history)
  })

  it.each([
    ['', 'line 1: the file is empty'],
    ['{"x":1}', 'line 1: not a history: format must be "pushcart-history"'],
    [HEADER.replace('version":1', 'version":2'), 'line 1: format_version must be 1'],
    [`${HEADER}\n${GET.slice(0, 40)}`, 'line 2: not JSON (was the recording cut off?)'],
    [`${HEADER}\n${GET}\n${GET}`, 'line 3: id 1 occurs twice'],
    [`${HEADER}\n[]`, 'line 2: a line must be one JSON object'],
    [
      `${HEADER}\n${GET.replace('"return":2', '"return":0')}`,
      'line 2: return must not be before call',
    ],
    [`${HEADER}\n${GET.replace('"call":1', '"call":1.5')}`, 'line 2: call must be an integer >= 0'],
    [
      `${HEADER}\n${GET.replace(',"lines":[["p1",2]]', '')}`,
      'line 2: a get with status ok needs lines',
    ],
    [
      `${HEADER}\n${GET.replace('["p1",2]', '["p1"]')}`,
      'line 2: lines must be a list of [product, quantity]',
    ],
    [
      `${HEADER}\n${GET.replace('"get"', '"add"').replace('["p1",2]', '["p1",0]')}`,
      'line 2: an add needs a quantity of at least 1',
    ],
    [
      `${HEADER}\n${GET.replace('"read":"strong"', '"read":"weak"')}`,
      'line 2: read must be one of strong, session, eventual',
    ],
  ])('that is damaged is refused in one line: %#', (text, message) => {
    expect(() => parseHistory(text)).toThrow(
      new RegExp(`^${message.replace(/[[\]().?>]/g, '\\$&')}$`),
    )
  })
})
