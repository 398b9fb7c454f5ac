import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushcart-v8-'))
})
afterAll(() => rm(folder, { recursive: true }))

const MODULE = new URL('../../src/run/tune-v8.ts', import.meta.url).href

/** Runs a program in a process of its own, and returns what it writes. */
async function run(flags: readonly string[], tune: boolean, program: string): Promise<string> {
  const tuned = `if (${tune}) (await import('${MODULE}')).tuneV8()\n${program}`
  const args = [...flags, '--input-type=module', '-e', tuned]
  return (await promisify(execFile)(process.execPath, args)).stdout
}

/** How often V8 makes the hidden class of ticks when garbage is collected between the first tick and the last. */
async function classesMade(tune: boolean): Promise<number> {
  const log = join(folder, `${tune}.log`)
  const logging = ['--log-maps', '--no-log-maps-details', '--no-logfile-per-isolate']
  await run(
    ['--expose-gc', ...logging, `--logfile=${log}`],
    tune,
    `import { setImmediate as turn } from 'node:timers/promises'
    process.nextTick(() => {})
    for (let i = 0; i < 8; i++) { await turn(); gc() }
    process.nextTick(() => {})
    await turn()`,
  )
  return (await readFile(log, 'utf8')).match(/^map,Transition.*"async_id_symbol"/gm)?.length ?? 0
}

/** What V8 reports of pretenuring while many objects of one line of code survive. */
function pretenuring(tune: boolean): Promise<string> {
  return run(
    ['--trace-pretenuring-statistics'],
    tune,
    'const kept = []; for (let i = 0; i < 2e6; i++) kept[i % 1e5] = [i]',
  )
}

it('keeps the hidden class of ticks through garbage collections', async () => {
  expect(await classesMade(true)).toBe(1)
})

it('turns pretenuring off', async () => {
  expect(await pretenuring(true)).not.toMatch(/pretenur/i)
})

/** When one of these fails, V8 no longer does that, and the function in `tune-v8.ts` can go. */
it('would otherwise have both', async () => {
  expect(await classesMade(false)).toBe(2)
  expect(await pretenuring(false)).toMatch(/pretenur/i)
})
