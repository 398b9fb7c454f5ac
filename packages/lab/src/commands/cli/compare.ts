import type { Command } from 'commander'
import { UsageError } from '../../errors/usage-error.ts'
import { addAccessOptions } from './access.ts'
import { EVIDENCE_HELP } from './evidence.ts'
import { helpEnd } from './help-end.ts'
import { addLoadOptions } from './load.ts'
import { collect, decimal, integer } from './parsers.ts'
import type { RunAction } from './run.ts'
import { SHOP_OPTION } from './shop.ts'

export function addCompare(program: Command, run: RunAction): void {
  const compare = program
    .command('compare')
    .argument(
      '[older]',
      'results.json of an earlier run, or a result of perf or merge, to compare with',
    )
    .argument('[newer]', 'results.json of a later run; nothing is measured')
    .description(
      'Compare two services, or the embedded databases: a quick look, a consistency test and, with --rate or --closed, blocks of load. Writes a report.',
    )
    .option('--a <url>', 'URL of the first service')
    .option('--b <url>', 'URL of the second service')
    .option('--api-a <file>', 'API of the first service, instead of --api')
    .option('--api-b <file>', 'API of the second service, instead of --api')
    .option('--header-a <header>', 'as --header, for the first service only; repeatable', collect)
    .option('--header-b <header>', 'as --header, for the second service only; repeatable', collect)
    .option('--label-a <text>', 'name of the first service in the report')
    .option('--label-b <text>', 'name of the second service in the report')
    .option(
      '--self [store]',
      'compare a service with itself: --a, or an embedded store (postgres by default)',
    )
    .option('--output <folder>', 'folder for results and report (results/compare-<time>)')
    .option('--iterations <n>', 'repetitions of the consistency test', integer, 10)
    .option('--clients <n>', 'concurrent clients of the consistency test', integer, 10)
    .option(
      '--layouts <names>',
      'layouts of the embedded PostgreSQL services: rows, document or rows,document (rows)',
    )
    .option(
      '--pool-size <n>',
      'maximum connections of each embedded service to its database (10)',
      integer,
    )
    .option(
      '--network <rtt>',
      'add this round trip between each embedded service and its database, such as rtt=0.5ms',
    )
    .option('--seed <n>', 'random seed of the workload', integer, 1)
    .option('--blocks <n>', 'blocks of load; each measures every service once (10)', integer)
    .option('--margin <share>', 'differences up to this share count as equivalent (0.05)', decimal)
    .option(
      '--noise <file>',
      'results.json of --self under the same load; nothing within its noise is called faster',
    )
    .option(
      '--slo <objective>',
      'search for the maximum rate that meets this objective, such as p99=50ms',
    )
    .option(
      '--fail-if <condition>',
      "exit with 1 if this condition is met, such as 'b.get_cart.p99 > 1.2 * a.get_cart.p99', or @FILE with one condition per line; repeatable",
      collect,
    )
    .option(
      '--requirements',
      'also measure single operations, other rates, 100 shoppers, large carts and histories (default with a load on the embedded databases)',
    )
    .option('--no-requirements', 'skip the requirements measurements')
    .option('--prices <file>', 'price file for the cost model')
    .option('--junit <file>', 'file for the conditions as JUnit XML')
    .option('--shop <shop>', SHOP_OPTION)
    .option('--evidence <file>', EVIDENCE_HELP, collect)
  addLoadOptions(addAccessOptions(compare))
    .addHelpText(
      'after',
      helpEnd([
        'compare',
        'compare --shop shoppers_per_day=200000,peak_factor=8',
        'compare --rate 200 --slo p99=50ms',
        'compare --a http://127.0.0.1:8081 --b http://127.0.0.1:8082 --label-a old --label-b new',
        'compare old/results.json new/results.json',
      ]),
    )
    .action((older, newer, options) =>
      run(options, async (io) => {
        if (older === undefined) return (await import('../compare.ts')).compareCommand(options, io)
        if (newer === undefined)
          throw new UsageError('missing the newer of the two result files to compare')
        requireNoMeasurement(compare)
        return (await import('../compare-runs.ts')).compareRunsCommand([older, newer], options, io)
      }),
    )
}

/** @throws UsageError for an option that has no effect when two result files are compared */
function requireNoMeasurement(compare: Command): void {
  const unused = compare.options.find(
    (option) =>
      option.long !== '--output' && compare.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (unused !== undefined)
    throw new UsageError(`${unused.long}: has no effect when two result files are compared`)
}
