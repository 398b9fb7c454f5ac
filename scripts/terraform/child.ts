import { spawn } from 'node:child_process'

/** A command that ended badly, or was ended. */
export class CommandFailed extends Error {
  /** What it printed on standard output until then. */
  readonly output: string

  constructor(message: string, output: string) {
    super(message)
    this.output = output
  }
}

export interface ChildOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Ends the command and everything that it has started, at once. Its reason becomes the error's message. */
  readonly signal: AbortSignal
  /** Of what was printed until an end by `signal`, what the command was at; for the error's message. */
  readonly waitingFor?: (output: string) => readonly string[]
}

/** Runs a command and resolves with what it printed on standard output; rejects with a `CommandFailed`. */
export function runChild(
  command: string,
  args: readonly string[],
  { cwd, env, signal, waitingFor = () => [] }: ChildOptions,
): Promise<string> {
  const name = [command, ...args].join(' ')
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CommandFailed(reasonOf(signal), ''))
    // A group of its own, so that what it starts (providers, workers) ends with it.
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let complaints = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      complaints += chunk
    })
    const end = () => killGroup(child.pid)
    signal.addEventListener('abort', end, { once: true })
    child.once('error', (error) => reject(new CommandFailed(`${name}: ${error.message}`, '')))
    child.once('close', (code) => {
      signal.removeEventListener('abort', end)
      if (code === 0) return resolve(output)
      if (!signal.aborted)
        return reject(
          new CommandFailed(`${name}\n${tail(output)}${tail(complaints)}`.trim(), output),
        )
      const open = waitingFor(output)
      const at = open.length > 0 ? `waiting for ${open.join(', ')}` : 'under way'
      reject(
        new CommandFailed(`${reasonOf(signal)}: ${command} ${args[0] ?? ''} was ${at}`, output),
      )
    })
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself, just now.
  }
}

function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : String(reason)
}

/** The end of a long output is where the reason is. */
function tail(output: string): string {
  return output.length > 4000 ? `...${output.slice(-4000)}` : output
}
