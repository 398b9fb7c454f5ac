import type { Command } from 'commander'
import { helpEnd } from './help-end.ts'
import type { RunAction } from './run.ts'

export function addMerge(program: Command, run: RunAction): void {
  program
    .command('merge')
    .description('Merge the parts of a load that ran on several machines (perf --part).')
    .argument('<parts...>', 'the files of all parts')
    .option('--output <file>', 'file for the result', 'results/perf.json')
    .option('--json', 'print one JSON object per line; the last one is the result or the error')
    .addHelpText('after', helpEnd(['merge part-*.json', 'merge part-*.json --output merged.json']))
    .action((files, options) =>
      run({ ...options, atOnce: true }, async (io) =>
        (await import('../merge.ts')).mergeCommand(files, options, io),
      ),
    )
}
