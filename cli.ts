#!/usr/bin/env node
import { availableParallelism } from 'node:os'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { helpEnd } from './lab/commands/cli/help-end.ts'
import { addLabCommands } from './lab/commands/cli/lab-commands.ts'
import { integer } from './lab/commands/cli/parsers.ts'
import { EXIT } from './lab/errors/exit-codes.ts'
import { explainStartFailure } from './src/explain-failure.ts'
import { explainMissingPackage } from './src/missing-package.ts'

/** `pushcart ...`: joins the service and the lab. */
const program = new Command('pushcart')
  .description('A shopping cart on PostgreSQL or DynamoDB, and the lab that compares the two.')
  .version('0.1.0')
  .showHelpAfterError('(pushcart --help lists the commands)')
  .exitOverride()

const SERVE_EXIT_CODES = {
  0: 'stopped by SIGTERM or Ctrl-C; a second signal ends it at once',
  1: 'the service cannot start or continue',
  3: 'invalid options or settings',
}

program
  .command('serve')
  .description('Run the cart API on the database selected by CART_STORE_TYPE.')
  .option('--embedded', 'also start the database, and keep its data in --data-dir', false)
  .option('--migrate', 'create the table or migrate the schema (implied by --embedded)', false)
  .option('--data-dir <folder>', 'data of an embedded database', '.pushcart')
  .option('--workers <n>', 'processes that share the port; auto for one per core', workers)
  .addHelpText(
    'after',
    helpEnd(
      ['serve --embedded', 'serve --migrate --workers auto', 'serve --embedded --data-dir data'],
      SERVE_EXIT_CODES,
    ),
  )
  .action(async (options) => {
    try {
      const { runService } = await import('./src/run-service.ts')
      await runService(options)
    } catch (error) {
      const line = error instanceof Error ? error.message : String(error)
      const explained = explainStartFailure(error) ?? { line, exitCode: 1 }
      process.stderr.write(`pushcart: ${explained.line}\n`)
      process.exitCode = explained.exitCode
    }
  })

addLabCommands(program, explainMissingPackage)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  const exit_code = error.exitCode === 0 ? EXIT.good : EXIT.usage
  process.exitCode = exit_code
  if (exit_code === EXIT.usage && process.argv.includes('--json'))
    process.stdout.write(
      `${JSON.stringify({ type: 'error', exit_code, message: error.message.replace(/^error: /, '') })}\n`,
    )
}

function workers(text: string): number {
  if (text === 'auto') return availableParallelism()
  const count = integer(text)
  if (count < 1 || count > 1024) throw new InvalidArgumentError('It must be 1 to 1024, or auto.')
  return count
}
