import { EXIT } from '../../errors/exit-codes.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { CommandIo } from '../../terminal/io.ts'
import { type CommandResult, runCommand } from '../run-command.ts'

/** Runs a command in this process and sets its exit code. */
export type RunAction = (
  options: {
    readonly json?: boolean
    /** Whether Ctrl-C ends the process at once, because nothing that was measured could be lost. */
    readonly atOnce?: boolean
  },
  command: (io: CommandIo) => Promise<CommandResult>,
) => Promise<void>

/** @param explainMissing how to install a package whose import failed; `undefined` for another error */
export function createRun(explainMissing: (error: unknown) => string | undefined): RunAction {
  return async ({ json = false, atOnce = false }, command) => {
    const io = terminal(atOnce)
    process.exitCode = await runCommand(io, json, async () => {
      try {
        return await command(io)
      } catch (error) {
        const line = explainMissing(error)
        throw line === undefined ? error : new UsageError(line, { cause: error })
      }
    })
  }
}

function terminal(atOnce: boolean): CommandIo {
  const interrupt = new AbortController()
  const err = (line: string) => void process.stderr.write(`${line}\n`)
  const onSignal = () => {
    interrupt.abort()
    if (!atOnce) return
    err('error: interrupted')
    process.exit(EXIT.invalidRun)
  }
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err,
    signal: interrupt.signal,
  }
}
