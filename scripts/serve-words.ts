import { CommanderError } from 'commander'
import { serveCommand } from '../packages/service/src/run/serve-command.ts'

/** Why the service's executable refuses these words of its command line; undefined if it accepts them. */
export function refusalOf(words: readonly string[]): string | undefined {
  const command = serveCommand()
    .exitOverride()
    .configureOutput({ writeErr() {} })
    .action(() => {})
  try {
    command.parse(words, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.message
  }
}
