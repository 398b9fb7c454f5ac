import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../campaign/support.ts'

/** A service whose instructions callgrind counts. It runs about fifty times as slowly. */
export interface Counted {
  readonly url: string
  readonly pid: number
  /** Counts during `work` only. Resolves with the file of the counts, in callgrind's format without compression. */
  count(work: () => Promise<void>): Promise<string>
  stop(): Promise<void>
}

export interface CountedOptions {
  /** For the counts. */
  readonly folder: string
  readonly settings: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

const PROGRAM = fileURLToPath(new URL('../../bin/pushcart.js', import.meta.url))
const OUT = 'callgrind'
const START_MS = 300_000
const STOP_MS = 20_000

export function findCallgrind(): boolean {
  return spawnSync('valgrind', ['--version']).error === undefined
}

/** @throws Error if the service does not start within five minutes */
export async function startCounted({ folder, settings, signal }: CountedOptions): Promise<Counted> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // `callgrind_control` finds the process by USER and HOST, so both must have the same.
  const names = { USER: 'bench', HOST: '127.0.0.1' }
  const child = spawn(
    'valgrind',
    [
      '--tool=callgrind',
      // V8 writes code that it has run before.
      '--smc-check=all-non-file',
      `--callgrind-out-file=${join(folder, OUT)}`,
      '--dump-instr=yes',
      '--compress-pos=no',
      '--compress-strings=no',
      process.execPath,
      // Names for compiled functions, in /tmp/perf-PID.map.
      '--perf-basic-prof',
      '--single-threaded-gc',
      // Few major collections: one takes eight times as much as the counted requests.
      '--initial-old-space-size=1000',
      PROGRAM,
      'serve',
      '--migrate',
    ],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: `${port}`,
        ...names,
        ...settings,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2000)
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    const late = sleep(STOP_MS, 'late', { ref: false })
    if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL')
    await exited
  }
  const control = (action: string) =>
    promisify(execFile)('callgrind_control', [action, `${child.pid}`], {
      env: { ...process.env, ...names },
    })
  try {
    await listening(url, AbortSignal.any([signal, AbortSignal.timeout(START_MS)]), () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the service did not start: ${stderr}`)
    })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    pid: child.pid ?? 0,
    async count(work) {
      await control('-z')
      await work()
      const before = new Set(await readdir(folder))
      await control('-d')
      const dumped = (await readdir(folder)).find((name) => !before.has(name))
      if (dumped === undefined) throw new Error('callgrind wrote no counts')
      return join(folder, dumped)
    },
    stop,
  }
}

async function listening(url: string, signal: AbortSignal, check: () => void): Promise<void> {
  for (;;) {
    check()
    try {
      await fetch(`${url}/health/live`, { signal })
      return
    } catch {
      signal.throwIfAborted()
      await sleep(500, undefined, { signal })
    }
  }
}
