import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url))

/** The environment without settings of the service or of AWS. */
function cleanEnv(extra: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|CART_|DATABASE_|DYNAMODB_|POSTGRES_|PORT$|HOST$)/.test(name),
  )
  return { ...Object.fromEntries(kept), ...extra }
}

function spawnCli(args: readonly string[], env: Record<string, string>): ChildProcess {
  return fork(CLI, args, {
    env: cleanEnv(env),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command of the CLI to its end. */
export async function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const child = spawnCli(args, env)
  let [out, err] = ['', '']
  child.stdout?.on('data', (chunk) => {
    out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  const [code] = await once(child, 'close')
  return { code, out, err }
}

/** Starts `pushcart serve`; rejects with its output if it ends before it listens. */
export async function startService(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawnCli(['serve', ...args], { PORT: '0', LOG_LEVEL: 'warn', ...env })
  let err = ''
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  child.stdout?.resume()
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { url: string }).url))
    child.once('close', () => reject(new Error(`the service ended: ${err}`)))
  })
  return {
    url,
    /** Sends a signal and waits; returns the exit code and standard error. */
    async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; err: string }> {
      const closed = once(child, 'close')
      child.kill(signal)
      const [code] = await closed
      return { code, err }
    },
  }
}
