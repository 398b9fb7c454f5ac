#!/usr/bin/env node
import { CommanderError } from 'commander'
import { serveCommand } from './run/serve-command.ts'

/** `pushcart-service`: the service alone, for images, process managers and programs that fork it. */
try {
  await serveCommand().name('pushcart-service').exitOverride().parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 3
}
