import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const MEMORY = { CART_STORE_TYPE: 'memory', PORT: '0', LOG_LEVEL: 'silent' }

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function start(args: readonly string[], env: Readonly<Record<string, string>> = MEMORY) {
  const child = fork(MAIN, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  started.push(child)
  return child
}

describe('the executable of the service', () => {
  it.each([[[]], [['--workers', '1']]])(
    'serves with the arguments %j until SIGTERM',
    async (args) => {
      const child = start(args)
      const [message] = await once(child, 'message')
      expect((await fetch(`${message.url}/health/live`)).status).toBe(200)
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).toEqual([0, null])
    },
  )

  // PID 1 gets no signal for which it has no handler, and its end ends all processes of its namespace.
  it
    .skipIf(spawnSync('unshare', ['--pid', '--fork', 'true']).status !== 0)
    .each([[[]], [['--workers', '1']]])(
    'serves as PID 1 with the arguments %j until SIGTERM',
    async (args) => {
      const program = [process.execPath, MAIN, ...args]
      const outside = spawn('unshare', ['--pid', '--fork', '--kill-child', ...program], {
        env: { ...process.env, ...MEMORY },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      started.push(outside)
      const [message] = await once(outside, 'message')
      expect((await fetch(`${message.url}/health/live`)).status).toBe(200)
      const children = await readFile(`/proc/${outside.pid}/task/${outside.pid}/children`, 'utf8')
      process.kill(Number.parseInt(children, 10), 'SIGTERM')
      expect(await once(outside, 'exit')).toEqual([0, null])
    },
  )

  it.each([
    [['--colour'], MEMORY, /^error: unknown option '--colour'/],
    [
      ['--workers', '0'],
      MEMORY,
      /^error: option '--workers <n>' argument '0' is invalid\. It must be 1 to 1024, or auto\.\n$/,
    ],
    [[], { ...MEMORY, PORT: 'x' }, 'pushcart: PORT must be integer (got "x")\n'],
  ])('exits with 3 for %j and prints one line', async (args, env, line) => {
    const child = start(args, env)
    const exited = once(child, 'exit')
    expect(await text(child.stderr as Readable)).toMatch(line)
    expect(await exited).toEqual([3, null])
  })

  it.each([
    [['convert', '--to', 'columns'], MEMORY, /^error: option '--to <layout>' argument 'columns'/],
    [
      ['convert', '--to', 'rows', '--embedded', '--data-dir', 'no-such-folder'],
      { CART_STORE_TYPE: 'postgres' },
      /^pushcart: --data-dir no-such-folder: has no embedded PostgreSQL\n$/,
    ],
    [['move', 'begin'], MEMORY, /^error: unknown command 'begin'/],
    [['move', 'plan'], MEMORY, /^pushcart: MOVE_TO_CART_STORE_TYPE/],
    [['mvoe'], MEMORY, /^error: /],
  ])('also moves and converts carts: %j', async (args, env, line) => {
    const child = start(args, env)
    const exited = once(child, 'exit')
    expect(await text(child.stderr as Readable)).toMatch(line)
    expect(await exited).toEqual([3, null])
  })

  it('shows examples of itself in its help', async () => {
    const help = await text(start(['--help']).stdout as Readable)
    expect(help).toMatch(/\nExamples:\n( {2}npx pushcart-service --.*\n)+\nExit codes:\n/)
  })
})
