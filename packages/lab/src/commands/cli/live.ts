import type { Command } from 'commander'
import { addAccessOptions } from './access.ts'
import { helpEnd } from './help-end.ts'
import { integer } from './parsers.ts'
import type { RunAction } from './run.ts'

export function addLive(program: Command, run: RunAction): void {
  const live = program
    .command('live')
    .description(
      'Show the same shop on both embedded databases, or on two services, side by side on one page: load, faults, and what the consistency checker finds.',
    )
    .argument('[recording]', 'folder or live.json of a saved run, to replay it without databases')
    .option('--a <url>', 'URL of the first service')
    .option('--b <url>', 'URL of the second service')
    .option('--api-a <file>', 'API of the first service, instead of --api')
    .option('--api-b <file>', 'API of the second service, instead of --api')
    .option('--label-a <text>', 'name of the first service on the page')
    .option('--label-b <text>', 'name of the second service on the page')
    .option('--port <n>', 'port of the page; 0 for a free one', integer, 8790)
    .option(
      '--host <address>',
      'address of the page; beyond loopback, its URL has a token',
      '127.0.0.1',
    )
    .option('--no-open', 'do not open the page in a browser')
    .option('--prices <file>', 'price file for the monthly costs')
    .option('--seed <n>', 'random seed of the workload', integer, 1)
    .option('--output <folder>', 'folder for what the page saves', 'results')
  addAccessOptions(live)
    .addHelpText(
      'after',
      helpEnd([
        'live',
        'live --a http://127.0.0.1:8081 --b http://127.0.0.1:8082 --label-a old --label-b new',
        'live results/live-2026-11-30T12-00-00',
      ]),
    )
    .action((recording, options) =>
      run({}, async (io) => (await import('../live.ts')).liveCommand(recording, options, io)),
    )
}
