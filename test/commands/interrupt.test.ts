import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { ownFolder } from '../../packages/lab/test/commands/commands-support.ts'
import { CLI } from './cli.ts'

it('Ctrl-C ends a command that measures nothing at once, with exit code 2', async () => {
  const pipe = join(await ownFolder(), 'history.ndjson')
  await promisify(execFile)('mkfifo', [pipe])
  const child = spawn(process.execPath, [CLI, 'check', pipe], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close')
  // Opening the pipe waits for its reader.
  const writer = await open(pipe, 'w')
  child.kill('SIGINT')
  const [line] = await once(child.stderr, 'data')
  expect(String(line)).toMatch(/^error: interrupted.*\n$/)
  // Node waits for its pending read before it exits.
  await writer.close()
  expect(await closed).toEqual([2, null])
})
