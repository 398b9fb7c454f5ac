import type { Command } from 'commander'
import { helpEnd } from './help-end.ts'
import type { RunAction } from './run.ts'

export function addExport(program: Command, run: RunAction): void {
  program
    .command('export')
    .description(
      'Write a result of perf or merge as files of HdrHistogram (.hgrm, .hlog), for its plotter, and its seconds as CSV.',
    )
    .argument('<result>', 'result file of perf or merge')
    .option('--output <folder>', 'folder for the files (that of the result)')
    .addHelpText('after', helpEnd(['export results/perf.json', 'export perf.json --output plots']))
    .action((path, options) =>
      run({ atOnce: true }, async (io) =>
        (await import('../export.ts')).exportCommand(path, options, io),
      ),
    )
}
