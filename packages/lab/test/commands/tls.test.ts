import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { perfCommand } from '../../src/commands/perf.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { makeCertificate } from '../stand-ins/certificate.ts'
import { startStandIn } from '../stand-ins/stand-in.ts'
import { ownFolder, recordingIo } from './commands-support.ts'

/** A cart whose lines are always the same, over https. */
function startSecureCart(tls: ReturnType<typeof makeCertificate>) {
  return startStandIn(({ line }) => {
    if (line === 'POST /shopping-carts') return { status: 201, body: { shopping_cart_id: 1 } }
    if (line.endsWith('/items')) return { status: 204 }
    return { status: 200, body: { items: [] } }
  }, tls)
}

test('a certificate is trusted with --cacert or --insecure only, also under load', async () => {
  const tls = makeCertificate()
  await using service = await startSecureCart(tls)
  const folder = await ownFolder()
  const [cacert, output] = [join(folder, 'ca.pem'), join(folder, 'perf.json')]
  await writeFile(cacert, tls.cert)
  const run = async (more: object) => {
    const io = recordingIo()
    const options = { host: service.url, output, ...more }
    return { code: await runCommand(io, false, () => perfCommand(options, io)), said: io.stderr }
  }
  const refused = await run({})
  expect(refused.code).toBe(EXIT.invalidRun)
  expect(refused.said.at(-1)).toMatch(/does not respond: .*self.signed certificate/i)
  for (const trust of [{ cacert }, { insecure: true }]) {
    expect((await run(trust)).code).toBe(EXIT.good)
    await run({ ...trust, closed: true, operations: 50, connections: 2 })
    const { overall } = JSON.parse(await readFile(output, 'utf8'))
    expect(overall.outcomes).toEqual([{ kind: 'ok', name: 'ok', count: 50 }])
  }
})

test.each<[object, string]>([
  [{ cacert: '/no/such/file' }, 'cacert: /no/such/file: no such file'],
  [{ cacert: import.meta.filename }, 'has no certificate in PEM'],
])('%j is refused', async (options, message) => {
  const io = recordingIo()
  const given = { host: 'https://127.0.0.1:1', output: join(await ownFolder(), 'x'), ...options }
  expect(await runCommand(io, false, () => perfCommand(given, io))).toBe(EXIT.usage)
  expect(io.stderr.join()).toContain(message)
})
