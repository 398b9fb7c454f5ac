import type { Command } from 'commander'
import { EVIDENCE_HELP } from './evidence.ts'
import { helpEnd } from './help-end.ts'
import { collect } from './parsers.ts'
import type { RunAction } from './run.ts'
import { SHOP_OPTION } from './shop.ts'

export function addReport(program: Command, run: RunAction): void {
  program
    .command('report')
    .description(
      'Write the report of a comparison again, or that of a result of perf, merge or import.',
    )
    .argument('<results>', 'results.json or its folder, or a result of perf, merge or import')
    .option('--output <folder>', 'folder for the report (that of the results)')
    .option('--prices <file>', 'price file for the cost model')
    .option('--shop <shop>', SHOP_OPTION)
    .option('--evidence <file>', EVIDENCE_HELP, collect)
    .option('--noise <file>', 'results.json of compare --self under the same load, to be recorded')
    .addHelpText(
      'after',
      helpEnd([
        'report results/compare-2026-11-22T18-24-06-405Z',
        'report results/perf.json',
        'report results.json --shop growing,multi_az=false',
        'report results.json --prices my-prices.json --output reports',
      ]),
    )
    .action((results, options) =>
      run({ atOnce: true }, async (io) =>
        (await import('../report.ts')).reportCommand(results, options, io),
      ),
    )
}
