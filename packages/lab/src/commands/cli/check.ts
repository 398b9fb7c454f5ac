import type { Command } from 'commander'
import { helpEnd } from './help-end.ts'
import type { RunAction } from './run.ts'

export function addCheck(program: Command, run: RunAction): void {
  program
    .command('check')
    .description(
      'Check recorded histories, such as those of `pushcart consistency --seconds`. The search for an order takes at most 10 s for a cart and 120 s for a history; what is undecided then is reported as such. Ctrl-C ends it with what was decided.',
    )
    .argument('<files...>', 'history.ndjson; several go into one report, each as a store')
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
