import type { AddHelpTextContext } from 'commander'
import { EXIT_MEANINGS } from '../../errors/exit-codes.ts'

/**
 * The end of the help of a command, for `addHelpText('after', ...)`: examples and exit codes.
 *
 * @param examples command lines without `npx pushcart`
 */
export function helpEnd(
  examples: readonly string[],
  meanings: Readonly<Record<number, string>> = EXIT_MEANINGS,
): (context: AddHelpTextContext) => string {
  return ({ command }) => {
    const help = command.createHelp()
    help.prepareContext({ helpWidth: process.stdout.columns ?? 80 })
    const codes = Object.entries(meanings).map(([code, meaning]) =>
      help.formatItem(code, code.length, meaning.replaceAll('`', ''), help),
    )
    return [
      '',
      'Examples:',
      ...examples.map((example) => `  npx pushcart ${example}`),
      '',
      'Exit codes:',
      ...codes,
    ].join('\n')
  }
}
