import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushcart-ticks-'))
})
afterAll(() => rm(folder, { recursive: true }))

const MODULE = new URL('../../src/run/keep-tick-shape.ts', import.meta.url).href

/** How often V8 makes the shape of ticks when garbage is collected between the first tick and the last. */
async function shapesMade(keep: boolean): Promise<number> {
  const log = join(folder, `${keep}.log`)
  const program = `
    import { setImmediate as turn } from 'node:timers/promises'
    if (${keep}) (await import('${MODULE}')).keepTickShape()
    process.nextTick(() => {})
    for (let i = 0; i < 8; i++) { await turn(); gc() }
    process.nextTick(() => {})
    await turn()`
  const flags = ['--expose-gc', '--log-maps', '--no-log-maps-details', '--no-logfile-per-isolate']
  const args = [...flags, `--logfile=${log}`, '--input-type=module', '-e', program]
  await promisify(execFile)(process.execPath, args)
  return (await readFile(log, 'utf8')).match(/^map,Transition.*"async_id_symbol"/gm)?.length ?? 0
}

test('the shape of ticks survives garbage collection', async () => {
  expect(await shapesMade(true)).toBe(1)
})

/** When this fails, Node.js keeps it by itself, and `keep-tick-shape.ts` can go. */
test('Node.js alone forgets it', async () => {
  expect(await shapesMade(false)).toBe(2)
})
