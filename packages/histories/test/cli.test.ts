import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useFolder } from '../../../test/support/folder.ts'
import { runCli } from '../src/cli/run.ts'
import { formatHistory } from '../src/index.ts'
import { simulate } from './support/wrong-stores/simulate.ts'
import { WRONG_STORES } from './support/wrong-stores/wrong-stores.ts'

const folder = useFolder()

async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await runCli(args, { out: (line) => out.push(line), err: (line) => err.push(line) })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

function fileOf(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const EVENTS = [
  '{"process":0,"type":"invoke","f":"write","key":"x","value":1}',
  '{"process":0,"type":"ok","f":"write","key":"x","value":1}',
  '{"process":1,"type":"invoke","f":"cas","key":"x","value":[1,2]}',
  '{"process":"nemesis","type":"info","f":"partition"}',
  '{"process":1,"type":"info","f":"cas","key":"x"}',
  '{"process":0,"type":"invoke","f":"read","key":"x"}',
  '{"process":0,"type":"ok","f":"read","key":"x","value":2}',
  '{"process":2,"type":"invoke","f":"write","key":"y","value":5}',
  '{"process":2,"type":"fail","f":"write","key":"y"}',
  '{"process":0,"type":"invoke","f":"read","key":"y"}',
]
const events = (last: string) => fileOf('events.ndjson', [...EVENTS, last].join('\n'))
const OK = '{"process":0,"type":"ok","f":"read","key":"y","value":null}'

describe('histories check', () => {
  it('reports each key and exits with 0 if all are legal', async () => {
    const { code, out } = await run('check', '--model', 'register', events(OK))
    expect(out.split('\n')).toEqual([
      'x  ok       3 operations',
      'y  ok       1 operations',
      'verdict: ok',
    ])
    expect(code).toBe(0)
  })

  it('explains a violation and exits with 1', async () => {
    const path = events(OK.replace('null', '5'))
    const { code, out } = await run('check', '--model', 'register', path)
    expect(out.split('\n')).toEqual([
      'x  ok       3 operations',
      'y  illegal  1 operations',
      '  No order of the invoked operations explains this response:',
      '    process 0: read 5 (invoked in line 10, completed in line 11)',
      'verdict: illegal',
    ])
    expect(code).toBe(1)
    const { out: json } = await run('check', '--model', 'register', '--json', path)
    expect(JSON.parse(json)).toMatchObject({
      verdict: 'illegal',
      partitions: [{ partition: 'x' }, {}],
    })
  })

  it('checks a key-value store', async () => {
    const lines = [
      '{"process":0,"type":"invoke","f":"append","key":1,"value":"a"}',
      '{"process":0,"type":"ok"}',
      '{"process":0,"type":"invoke","f":"get","key":1}',
      '{"process":0,"type":"ok","value":"a"}',
    ]
    const path = fileOf('kv.ndjson', lines.join('\n'))
    expect(await run('check', '--model', 'kv', path)).toMatchObject({ code: 0, err: '' })
  })

  it('checks a history of carts', async () => {
    const store = WRONG_STORES['stale cache on reads']
    const wrong = fileOf(
      'wrong.ndjson',
      formatHistory(simulate({ seed: 1, ...(store && { store }) })),
    )
    const { code, out } = await run('check', '--model', 'cart', '--ms', '2000', wrong)
    expect(out).toMatch(/^linearizability \(strong\) +violated/m)
    expect(out).toMatch(/^ {2}cart .*:.*\n {4}session .*: .* \(\d+ to \d+ ns\)$/m)
    expect(code).toBe(1)
    const right = fileOf('right.ndjson', formatHistory(simulate({ seed: 1 })))
    expect(await run('check', '--model', 'cart', right)).toMatchObject({ code: 0, err: '' })
  })

  it('exits with 2 if nothing can be said', async () => {
    const calm = simulate({ seed: 1, clients: 1, operations: 20, faults: false })
    const { code, out } = await run('check', '--model', 'cart', fileOf('calm', formatHistory(calm)))
    expect(out).toContain('verdict: proves_nothing')
    expect(code).toBe(2)
  })

  it.each([
    [[], 'expected: histories check --model MODEL FILE'],
    [['check'], 'expected exactly one file'],
    [['check', 'x'], '--model must be one of cart, register, kv'],
    [['check', '--model', 'kv', '--ms', '0', 'x'], '--ms must be a number above 0 (got 0)'],
    [['check', '--unknown'], /unknown option '--unknown'/i],
    [['check', '--model', 'kv', 'missing.ndjson'], /ENOENT/],
    [['check', '--model', 'kv', fileOf('empty', '')], 'line 1: the file is empty'],
  ])('exits with 3 on %j', async (args, message) => {
    const { code, out, err } = await run(...args)
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toMatch(message)
  })

  it.each([
    ['{"process":3,"type":"ok"}', 'line 11: process 3 has invoked nothing'],
    ['{"process":0,"type":"invoke"}', 'line 11: process 0 invokes an operation before'],
    ['{"process":0,"type":"ok","f":"write"}', 'line 11: process 0 has invoked read'],
    ['{"process":0,"type":"ok","value":[]}', 'line 11: value must be a text, a number'],
    ['{"process":0}', 'line 11: type must be one of invoke, ok, fail, info'],
  ])('names the line of a damaged event: %s', async (event, message) => {
    const { code, err } = await run('check', '--model', 'register', events(event))
    expect(err).toContain(message)
    expect(code).toBe(3)
  })

  it('prints its options and exit codes', async () => {
    const { code, out } = await run('--help')
    expect(out).toContain(
      'Exit codes: 0 everything holds; 1 violated; 2 inconclusive; 3 wrong usage',
    )
    expect(code).toBe(0)
  })
})
