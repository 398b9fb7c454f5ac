import { Command, Option } from 'commander'
import type { ConvertOptions } from './convert.ts'
import { explainStartFailure } from './explain-failure.ts'

const HELP_END = `
Stop the service first, and make a backup. All carts are converted in one transaction, or none.

Examples:
  npx pushcart convert --to document --embedded
  DATABASE_URL=postgres://... npx pushcart convert --to rows

Exit codes:
  0  converted, or nothing to convert
  1  the database cannot be used, another service uses the data folder, or the digests differ; nothing was changed
  3  invalid options or settings, or another session uses the database; nothing was changed`

/** The command `convert`: converts the carts of a PostgreSQL to another layout. A failure is one line on standard error. */
export function convertCommand(): Command {
  return new Command('convert')
    .description('Convert the carts on PostgreSQL to another layout (POSTGRES_LAYOUT).')
    .addOption(
      new Option(
        '--to <layout>',
        'rows: a row per line; document: all lines in the row of the cart',
      )
        .choices(['rows', 'document'])
        .makeOptionMandatory(),
    )
    .option('--embedded', 'start the embedded database in --data-dir for it', false)
    .option('--data-dir <folder>', 'data of an embedded database', '.pushcart')
    .addHelpText('after', HELP_END)
    .action(async (options: ConvertOptions) => {
      try {
        const { convert } = await import('./convert.ts')
        process.stdout.write(`${await convert(options)}\n`)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        const { line, exitCode } = explainStartFailure(error) ?? { line: message, exitCode: 1 }
        process.stderr.write(`pushcart: ${line}\n`)
        process.exitCode = exitCode
      }
    })
}
