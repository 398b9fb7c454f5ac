import type { Command } from 'commander'
import { addAccessOptions } from './access.ts'
import { helpEnd } from './help-end.ts'
import { addLoadOptions } from './load.ts'
import { integer } from './parsers.ts'
import type { RunAction } from './run.ts'

export function addPerf(program: Command, run: RunAction): void {
  const perf = program
    .command('perf')
    .description(
      'Measure a running service: 150 operations in sequence, or a load with --rate or --closed.',
    )
    .requiredOption('--host <url>', 'URL of the service')
    .option('--output <file>', 'file for the result', 'results/perf.json')
    .option('--seed <n>', 'random seed of the workload', integer, 1)
    .option(
      '--part <k/n>',
      'run one of n parts of the load, to be merged; the others run elsewhere',
    )
    .option('--start-at <time>', 'with --part: when all parts start, such as 14:05:00Z')
    .option(
      '--export <tool and file...>',
      'write the load as a script of k6 instead of running it: --export k6 script.js',
    )
  addLoadOptions(addAccessOptions(perf))
    .addHelpText(
      'after',
      helpEnd([
        'perf --host http://127.0.0.1:8080',
        'perf --host http://127.0.0.1:8080 --rate 200 --duration 60',
        'perf --host http://127.0.0.1:8080 --closed --connections 8 --mix read-heavy --json',
        'perf --host http://127.0.0.1:8080 --rate 200 --export k6 script.js',
        'perf --host https://carts.example --rate 40000 --part 2/8 --start-at 14:05:00Z',
      ]),
    )
    .action((options) =>
      run(options, async (io) => (await import('../perf.ts')).perfCommand(options, io)),
    )
}
