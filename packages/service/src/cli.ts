#!/usr/bin/env node
import { CommanderError } from 'commander'
import { convertCommand } from './run/convert-command.ts'
import { moveCommand } from './run/move-command.ts'
import { serveCommand } from './run/serve-command.ts'

/**
 * `pushcart-service`: the service alone, for images, process managers and programs that fork it. The commands that change
 * where its carts are stored belong to it, because they run where the service runs.
 */
// Options after the name of a command are those of the command: `--workers` is one of `move`, too.
const program = serveCommand().name('pushcart-service').enablePositionalOptions().exitOverride()
for (const command of [convertCommand(), moveCommand()])
  program.addCommand(command.copyInheritedSettings(program))

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 3
}
