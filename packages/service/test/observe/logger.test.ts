import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useFolder } from '../../../../test/support/folder.ts'
import { openLogger } from '../../src/observe/logger.ts'

const folder = useFolder()

const LOGGER = new URL('../../src/observe/logger.ts', import.meta.url).href

/** Runs a script with `logger` and `log`, which writes 1,000 lines; returns the lines of its output. */
async function run(script: string) {
  const file = join(folder, 'script.mjs')
  writeFileSync(
    file,
    `import { openLogger } from ${JSON.stringify(LOGGER)}
     const logger = openLogger({ level: 'info', base: null })
     const log = () => { for (let i = 0; i < 1000; i++) logger.info({ i, text: 'é'.repeat(50) }, 'line') }
     ${script}`,
  )
  const child = fork(file, { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let [out, err] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  const [code] = await once(child, 'close')
  const lines = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).i)
  return { code, err, lines }
}

const ALL = Array.from({ length: 1000 }, (_, i) => i)

describe('the log has every line when the process', () => {
  it('exits normally, each once and in order', async () => {
    expect(await run('log()')).toEqual({ code: 0, err: '', lines: ALL })
  })

  it.each([
    ['calls process.exit', 'log(); process.exit(7)', 7],
    ['exits while a batch is being written', 'log(); setImmediate(() => process.exit(7))', 7],
    ['dies of an error that nobody caught', 'log(); throw new Error("x")', 1],
  ])('%s, although the batch in progress may be written twice', async (_, script, code) => {
    const ended = await run(script)
    expect(ended.code).toBe(code)
    expect([...new Set(ended.lines)].sort((a, b) => a - b)).toEqual(ALL)
  })
})

describe('batches', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('are written after a moment, including the last batch', async () => {
    const file = join(folder, 'out.log')
    const logger = openLogger({ level: 'info', base: { worker: 1 }, fd: openSync(file, 'w') })
    logger.info('one')
    logger.debug('not of this level')
    logger.warn('two')
    expect(readFileSync(file, 'utf8')).toBe('')
    vi.advanceTimersByTime(100)
    await vi.waitUntil(() => readFileSync(file, 'utf8').split('\n').length === 3)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { worker: 1, level: 30, msg: 'one' },
      { worker: 1, level: 40, msg: 'two' },
    ])
  })
})
