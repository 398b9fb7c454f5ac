import type { Command } from 'commander'
import { helpEnd } from './help-end.ts'
import type { RunAction } from './run.ts'

export function addCheck(program: Command, run: RunAction): void {
  program
    .command('check')
    .description(
      'Check recorded histories, such as those of `pushcart consistency --seconds`. The linearizability search stops after 10 s per cart and 120 s per history; undecided carts are reported. Ctrl-C stops the check and reports what was decided.',
    )
    .argument(
      '<files...>',
      'history.ndjson; several histories become one report with a section for each',
    )
    .option('--output <folder>', 'folder for the reports; none are written without it')
    .addHelpText(
      'after',
      helpEnd([
        'check history.ndjson',
        'check postgres.ndjson dynamodb.ndjson --output results/checked',
      ]),
    )
    .action((files, options) =>
      run({}, async (io) => (await import('../check.ts')).checkCommand(files, options, io)),
    )
}
