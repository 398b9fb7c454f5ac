import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { compareCommand } from '../../src/commands/compare.ts'
import { chooseConsistency } from '../../src/commands/consistency-choice.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { tryApiCommand } from '../../src/commands/try-api.ts'
import type { CommandIo } from '../../src/terminal/io.ts'
import { startMedusa } from '../stand-ins/medusa.ts'
import { type Asked, startStandIn } from '../stand-ins/stand-in.ts'
import { startVendure } from '../stand-ins/vendure.ts'
import { ownFolder, recordingIo } from './commands-support.ts'

const SECRET = 'pk_planted-secret-7f3a'
/** One that is sent only as a part of a header. */
const BEARER = 'planted.bearer-91cc'

afterEach(() => vi.unstubAllEnvs())

/** Everything that a command wrote and printed. */
async function traces(
  command: (folder: string, io: CommandIo) => Promise<unknown>,
): Promise<string> {
  vi.stubEnv('PLANTED', BEARER)
  const folder = await ownFolder()
  const io = recordingIo()
  await runCommand(io, true, async () => {
    await command(folder, io)
    return 0
  })
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  )
  const printed = [...io.stdout, ...io.stderr]
  expect(printed.join('').length + texts.join('').length).toBeGreaterThan(50)
  return [...printed, ...texts].join('\n')
}

const HEADERS = [`x-publishable-api-key: ${SECRET}`, 'authorization: Bearer $PLANTED']

test.each<[string, (url: string, folder: string, io: CommandIo) => Promise<unknown>]>([
  [
    'perf',
    (host, folder, io) =>
      perfCommand({ api: 'medusa', header: HEADERS, host, output: join(folder, 'x') }, io),
  ],
  [
    'perf --closed',
    (host, folder, io) =>
      perfCommand(
        {
          api: 'medusa',
          header: HEADERS,
          host,
          output: join(folder, 'x'),
          closed: true,
          operations: 50,
          json: true,
        },
        io,
      ),
  ],
  [
    'consistency',
    (host, folder, io) =>
      chooseConsistency(
        {
          api: 'medusa',
          header: HEADERS,
          host: [host],
          clients: 2,
          seed: 1,
          iterations: 1,
          output: join(folder, 'x'),
        },
        io,
      ),
  ],
  [
    'consistency --seconds',
    (host, folder, io) =>
      chooseConsistency(
        {
          api: 'medusa',
          header: HEADERS,
          host: [host],
          clients: 2,
          seed: 1,
          seconds: 0.5,
          output: folder,
        },
        io,
      ),
  ],
  [
    'compare',
    (host, folder, io) =>
      compareCommand(
        {
          api: 'medusa',
          header: HEADERS,
          headerB: [`x-second: ${SECRET}`],
          a: host,
          b: host,
          iterations: 1,
          clients: 2,
          output: join(folder, 'out'),
        },
        io,
      ),
  ],
  ['api try', (host, _, io) => tryApiCommand({ api: 'medusa', header: HEADERS, host }, io)],
])('%s leaves no header value behind', async (_, command) => {
  await using service = await startMedusa({ key: SECRET })
  const found = await traces((folder, io) => command(service.url, folder, io))
  expect(found).not.toContain(SECRET)
  expect(found).not.toContain(BEARER)
})

test('a service that sends a secret back in its refusal does not get it printed', async () => {
  await using service = await startStandIn(({ headers }: Asked) => ({
    status: 400,
    body: { error: String(headers.authorization).slice('Bearer '.length), you: headers },
  }))
  for (const api of [undefined, 'hw8', 'medusa'])
    for (const seconds of [undefined, 1]) {
      const choice = { api, header: HEADERS, host: [service.url], clients: 2, seed: 1, seconds }
      const found = await traces((folder, io) =>
        chooseConsistency({ ...choice, output: join(folder, 'x') }, io),
      )
      expect(found).not.toContain(SECRET)
      expect(found).not.toContain(BEARER)
    }
})

test('tokens that a service gives to a cart are in no file', async () => {
  await using service = await startVendure()
  const found = await traces((output, io) =>
    chooseConsistency(
      { api: 'vendure', host: [service.url], clients: 2, seed: 1, seconds: 0.5, output },
      io,
    ),
  )
  expect(found).not.toContain('token-of-session')
})

test('a recorded command names the files and variables of headers, and no values', async () => {
  vi.stubEnv('PLANTED', BEARER)
  const folder = await ownFolder()
  const file = join(folder, 'headers')
  await writeFile(file, `# of the shop\nx-key: ${SECRET}\n`)
  await using service = await startFakeCartService()
  const output = join(folder, 'out')
  const header = [`@${file}`, 'authorization: Bearer $PLANTED', 'x-plain: visible']
  const given = { a: service.url, b: service.url, header, iterations: 1, clients: 2, output }
  await compareCommand(given, recordingIo())
  const { command } = JSON.parse(await readFile(join(output, 'environment.json'), 'utf8'))
  expect(command).toContain(`--header @${file}`)
  expect(command).toContain("--header 'authorization: Bearer $PLANTED'")
  expect(command).toContain("--header 'x-plain: ***'")
})
