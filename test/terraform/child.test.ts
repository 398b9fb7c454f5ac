import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { CommandFailed, runChild } from '../../scripts/terraform/child.ts'

const options = { cwd: import.meta.dirname, env: process.env }

async function failure(run: Promise<string>): Promise<CommandFailed> {
  const error = await run.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof CommandFailed)) throw new Error(`It failed with ${error}`)
  return error
}

it('resolves with what a command printed', async () => {
  const { signal } = new AbortController()
  const run = runChild(process.execPath, ['-p', '6 * 7'], { ...options, signal })
  await expect(run).resolves.toBe('42\n')
})

it('says what a command that failed printed', async () => {
  const { signal } = new AbortController()
  const script = 'console.log("out"); console.error("no such thing"); process.exit(2)'
  const error = await failure(runChild(process.execPath, ['-e', script], { ...options, signal }))
  expect(error.message).toContain('no such thing')
  expect(error.output).toBe('out\n')
})

it('says that a command is not there', async () => {
  const { signal } = new AbortController()
  const error = await failure(runChild('no-such-command', [], { ...options, signal }))
  expect(error.message).toMatch(/^no-such-command: .*ENOENT/)
})

it('ends a command and all that it started, and says what it was waiting for', async () => {
  const stop = new AbortController()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // Neither of the two ends by itself, nor when it is asked to.
  const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
  const grandchild = `require('node:net').connect(${port}, '127.0.0.1'); ${deaf}`
  const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}])
    console.log('creating the database')
    ${deaf}`
  try {
    const called = once(server, 'connection')
    const run = failure(
      runChild(process.execPath, ['-e', script], {
        ...options,
        signal: stop.signal,
        waitingFor: (output) => [output.replace('creating', '').trim(), 'the listener'],
      }),
    )
    const [socket] = (await called) as [Socket]
    const gone = once(socket.resume(), 'close')
    stop.abort(new Error('No end within 1 minute'))
    expect((await run).message).toBe(
      `No end within 1 minute: ${process.execPath} -e was waiting for the database, the listener`,
    )
    await gone
  } finally {
    server.close()
  }
})

it('starts nothing after the end', async () => {
  const error = await failure(
    runChild(process.execPath, ['-p', '1'], {
      ...options,
      signal: AbortSignal.abort(new Error('Stopped by SIGINT')),
    }),
  )
  expect(error.message).toBe('Stopped by SIGINT')
})
