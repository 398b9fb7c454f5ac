import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { explainStartFailure } from './explain-failure.ts'
import type { RunOptions } from './run-service.ts'
import { tuneV8 } from './tune-v8.ts'

const MAX_WORKERS = 1024

const helpEnd = (command: string) => `
Examples:
  npx ${command} --embedded
  npx ${command} --migrate --workers auto
  npx ${command} --embedded --data-dir data

Exit codes:
  0  stopped by SIGTERM or Ctrl-C
  1  the service cannot start or continue
  3  invalid options or settings`

/**
 * The command `serve`: runs the service until SIGTERM or Ctrl-C and sets the exit code of the process. A failure is one
 * line on standard error.
 */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Run the cart API on the database selected by CART_STORE_TYPE.')
    .option('--embedded', 'also start the database, and keep its data in --data-dir', false)
    .option('--migrate', 'create the table or migrate the schema (implied by --embedded)', false)
    .option('--data-dir <folder>', 'data of an embedded database', '.pushcart')
    .option('--workers <n>', 'processes that share the port; auto for one per core', workers)
    .addHelpText('after', ({ command }) => helpEnd(fullName(command)))
    .action(async (options: RunOptions) => {
      tuneV8()
      try {
        // Loaded here, so that --help and a program's other commands need not wait for it.
        const { runService } = await import('./run-service.ts')
        await runService(options)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        const { line, exitCode } = explainStartFailure(error) ?? { line: message, exitCode: 1 }
        process.stderr.write(`pushcart: ${line}\n`)
        process.exitCode = exitCode
      }
    })
}

/** `pushcart serve` as a command of pushcart; `pushcart-service` alone. */
function fullName(command: Command): string {
  const { parent } = command
  return parent === null ? command.name() : `${parent.name()} ${command.name()}`
}

function workers(text: string): number {
  if (text === 'auto') return availableParallelism()
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > MAX_WORKERS)
    throw new InvalidArgumentError(`It must be 1 to ${MAX_WORKERS}, or auto.`)
  return count
}
