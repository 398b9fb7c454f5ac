#!/usr/bin/env node
import { addLabCommands, EXIT } from '@pushcart/lab'
import { convertCommand, explainMissingPackage, moveCommand, serveCommand } from '@pushcart/service'
import { Command, CommanderError } from 'commander'
import manifest from 'pushcart/package.json' with { type: 'json' }

/** `pushcart ...`: joins the service and the lab. */
const program = new Command('pushcart')
  .description('A shopping cart on PostgreSQL or DynamoDB, and the lab that compares the two.')
  .version(manifest.version)
  .showHelpAfterError('(pushcart --help lists the commands)')
  .exitOverride()

program.addCommand(serveCommand().copyInheritedSettings(program))
program.addCommand(convertCommand().copyInheritedSettings(program))
program.addCommand(moveCommand().copyInheritedSettings(program))
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
