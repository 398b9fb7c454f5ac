import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { compareCommand } from '../../../lab/commands/compare.ts'
import { EXIT } from '../../../lab/errors/exit-codes.ts'
import { startServiceProcess } from '../../../lab/services/start-service.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'
import { descendants } from './compare-support.ts'

/** Starts a program that stands in for cli.ts. */
async function start(source: string, signal?: AbortSignal) {
  const program = await write(source)
  return startServiceProcess({
    store: 'dynamodb',
    readConsistency: 'strong',
    poolSize: 7,
    dataDir: '/nowhere',
    program,
    signal,
  })
}

async function write(source: string): Promise<string> {
  const program = join(await ownFolder(), 'stand-in.mjs')
  await writeFile(program, source)
  return program
}

afterEach(async () => {
  vi.unstubAllEnvs()
  expect(await descendants('stand-in.mjs')).toEqual([])
})

test('a service is told its database by the environment, and nothing else about databases', async () => {
  const names = [
    ...['AWS_PROFILE', 'DATABASE_URL', 'PGHOST', 'CATALOG_FILE', 'CART_MAX_LINES', 'AUTH_ISSUER'],
    ...['DRAIN_TIMEOUT_MS', 'RATE_LIMIT_PER_MINUTE'],
  ]
  for (const name of names) vi.stubEnv(name, '1')
  const service = await start(`
    const names = ['CART_STORE_TYPE', 'READ_CONSISTENCY', 'DYNAMODB_POOL_SIZE', 'PORT', 'HOST', ...${JSON.stringify(names)}]
    const told = Object.fromEntries(names.map((name) => [name, process.env[name]]))
    process.send({ type: 'listening', url: JSON.stringify([process.argv.slice(2), told]) })
  `)
  await service.stop()
  expect(JSON.parse(service.url)).toEqual([
    ['serve', '--embedded', '--data-dir', '/nowhere'],
    {
      CART_STORE_TYPE: 'dynamodb',
      READ_CONSISTENCY: 'strong',
      DYNAMODB_POOL_SIZE: '7',
      PORT: '0',
      HOST: '127.0.0.1',
    },
  ])
})

test('a failed boot is explained by the line the service printed', async () => {
  const failing = start(`
    console.error('Warning: something else')
    console.error('pushcart: the port is taken')
    process.exitCode = 3
    process.disconnect()
  `)
  await expect(failing).rejects.toThrow(/^the dynamodb service did not start: the port is taken$/)
})

test('a service that ends without a word is explained by its code', async () => {
  await expect(start('process.exit(7)')).rejects.toThrow('it ended with code 7')
})

test('an interrupt while a service starts ends its process', async () => {
  const interrupt = new AbortController()
  const starting = expect(start('setInterval(() => {}, 1000)', interrupt.signal))
  await expect.poll(() => descendants('stand-in.mjs')).toHaveLength(1)
  interrupt.abort()
  await starting.rejects.toThrow('interrupted')
})

test('a service is asked to stop by the end of its channel, without a signal', async () => {
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

test('stopping twice is no error, nor is stopping a service that has died', async () => {
  const service = await start(`
    process.send({ type: 'listening', url: 'http://x' }, () => process.exit(0))
  `)
  await service.stop()
  await service.stop()
})

test('a comparison whose services do not start says why and leaves nothing behind', async () => {
  const program = await write(`console.error('pushcart: no disk'); process.exit(1)`)
  const io = recordingIo()
  const output = join(await ownFolder(), 'out')
  expect(await compareCommand({ output, program }, io)).toBe(EXIT.invalidRun)
  expect(io.stderr.at(-1)).toBe('error: the postgres service did not start: no disk')
})

test('a comparison that is interrupted while services start leaves nothing behind', async () => {
  const interrupt = new AbortController()
  const program = await write('setInterval(() => {}, 1000)')
  const io = recordingIo(interrupt.signal)
  const running = compareCommand({ output: join(await ownFolder(), 'out'), program }, io)
  await expect.poll(() => descendants('stand-in.mjs')).toHaveLength(1)
  interrupt.abort()
  expect(await running).toBe(EXIT.invalidRun)
  expect(io.stderr.at(-1)).toBe('interrupted before anything was measured')
})
