import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type LiveOptions, liveCommand } from '../../src/commands/live.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { runRecorded } from './commands-support.ts'

const LOCAL: LiveOptions = { port: 0, host: '127.0.0.1', open: false, seed: 1, output: 'results' }

const run = (options: Partial<LiveOptions>, recording?: string) =>
  runRecorded((io) => liveCommand(recording, { ...LOCAL, ...options }, io))

describe('`pushcart live`', () => {
  it('starts nothing if its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await run({ port })
    expect(code).toBe(EXIT.usage)
    expect(stderr).toEqual([
      expect.stringMatching(
        /port \d+ is in use, perhaps by another `pushcart live`: choose another with --port$/,
      ),
    ])
  })

  it.each([
    ['one service', { a: 'http://127.0.0.1:1' }, EXIT.usage, /--a and --b belong together$/],
    ['a port beyond the range', { port: 70_000 }, EXIT.usage, /port: must be .*65535/],
    ['an address of another machine', { host: '192.0.2.1' }, EXIT.usage, /cannot listen on 192/],
    [
      'services that do not respond',
      { a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:2' },
      EXIT.invalidRun,
      /http:\/\/127\.0\.0\.1:1/,
    ],
  ])('refuses %s in one line', async (_, options, expected, reason) => {
    const { code, stderr } = await run(options)
    expect(code).toBe(expected)
    expect(stderr).toEqual([expect.stringMatching(/^[^\n]+$/)])
    expect(stderr[0]).toMatch(reason)
  })

  it('refuses services beside a recording', async () => {
    const { code, stderr } = await run({ a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:2' }, 'x')
    expect(code).toBe(EXIT.usage)
    expect(stderr).toEqual([expect.stringMatching(/leave out --a and --b$/)])
  })
})
