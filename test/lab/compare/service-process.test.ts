import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { compareCommand } from '../../../lab/commands/compare.ts'
import { runCommand } from '../../../lab/commands/run-command.ts'
import { EXIT } from '../../../lab/errors/exit-codes.ts'
import {
  type ServiceProgram,
  type StartServiceOptions,
  startService,
} from '../../../lab/services/start-service.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'
import { descendants } from './compare-support.ts'

/** Starts a program in place of `pushcart serve`. */
async function start(source: string, more: Partial<StartServiceOptions> = {}) {
  const program = await write(source)
  const settings = { CART_STORE_TYPE: 'dynamodb', LOG_LEVEL: 'warn' }
  return startService({ name: 'dynamodb service', args: ['--migrate'], settings, program, ...more })
}

async function write(source: string): Promise<ServiceProgram> {
  const path = join(await ownFolder(), 'stand-in.mjs')
  await writeFile(path, source)
  return { path, args: ['serve'] }
}

afterEach(async () => {
  vi.unstubAllEnvs()
  expect(await descendants('stand-in.mjs')).toEqual([])
})

test('a service receives its settings, a free port, and no settings of the shell', async () => {
  const names = ['AWS_PROFILE', 'DATABASE_URL', 'PGHOST', 'CATALOG_FILE', 'DRAIN_TIMEOUT_MS']
  for (const name of names) vi.stubEnv(name, '1')
  const service = await start(`
    const names = ['CART_STORE_TYPE', 'LOG_LEVEL', 'PORT', 'HOST', ...${JSON.stringify(names)}]
    const settings = Object.fromEntries(names.map((name) => [name, process.env[name]]))
    process.send({ type: 'listening', url: JSON.stringify([process.argv.slice(2), settings]) })
  `)
  await service.stop()
  expect(JSON.parse(service.url)).toEqual([
    ['serve', '--migrate'],
    { CART_STORE_TYPE: 'dynamodb', LOG_LEVEL: 'warn', PORT: '0', HOST: '127.0.0.1' },
  ])
})

test('a failed start is explained by the last line that the service printed', async () => {
  const failing = start(`
    console.error('Warning: something else')
    console.error('pushcart: the port is taken')
    process.exitCode = 3
    process.disconnect()
  `)
  await expect(failing).rejects.toThrow(/^the dynamodb service did not start: the port is taken$/)
})

test('a start that fails silently is explained by the exit code', async () => {
  await expect(start('process.exit(7)')).rejects.toThrow('it ended with code 7')
})

test('an interruption of the start ends the process', async () => {
  const interrupt = new AbortController()
  const starting = expect(start('setInterval(() => {}, 1000)', { signal: interrupt.signal }))
  await expect.poll(() => descendants('stand-in.mjs')).toHaveLength(1)
  interrupt.abort()
  await starting.rejects.toThrow('interrupted')
})

test('a service that never listens is stopped at the deadline', async () => {
  const starting = start('setInterval(() => {}, 1000)', { deadlineMs: 50 })
  await expect(starting).rejects.toThrow('the dynamodb service did not start: not within 0.05 s')
})

test('a service is stopped by the end of its channel, without a signal', async () => {
  const file = join(await ownFolder(), 'seen')
  const service = await start(`
    import { writeFileSync } from 'node:fs'
    const alive = setInterval(() => {}, 1000)
    const end = (why) => {
      writeFileSync(${JSON.stringify(file)}, why)
      clearInterval(alive)
    }
    process.on('SIGTERM', () => end('SIGTERM')).on('disconnect', () => end('disconnect'))
    process.send({ type: 'listening', url: 'http://x' })
  `)
  await service.stop()
  expect(await readFile(file, 'utf8')).toBe('disconnect')
})

test('stopping a service twice, or one that has exited, is no error', async () => {
  const service = await start(`
    process.send({ type: 'listening', url: 'http://x' }, () => process.exit(0))
  `)
  await service.stop()
  await service.stop()
})

test('a comparison whose services do not start reports why and leaves nothing behind', async () => {
  const program = await write(`console.error('pushcart: no disk'); process.exit(1)`)
  const io = recordingIo()
  const output = join(await ownFolder(), 'out')
  expect(await runCommand(io, false, () => compareCommand({ output, program }, io))).toBe(
    EXIT.invalidRun,
  )
  expect(io.stderr.at(-1)).toBe('error: the postgres service did not start: no disk')
})

test('a comparison that is interrupted while services start leaves nothing behind', async () => {
  const interrupt = new AbortController()
  const program = await write('setInterval(() => {}, 1000)')
  const io = recordingIo(interrupt.signal)
  const output = join(await ownFolder(), 'out')
  const running = runCommand(io, false, () => compareCommand({ output, program }, io))
  await expect.poll(() => descendants('stand-in.mjs')).toHaveLength(1)
  interrupt.abort()
  expect(await running).toBe(EXIT.invalidRun)
  expect(io.stderr.at(-1)).toBe('error: interrupted before anything was measured')
})
