import type { Command } from 'commander'
import { addAccessOptions } from './access.ts'
import { helpEnd } from './help-end.ts'
import { collect, decimal, integer } from './parsers.ts'
import type { RunAction } from './run.ts'

export function addConsistency(program: Command, run: RunAction): void {
  const command = program
    .command('consistency')
    .description(
      'Look for lost updates and stale reads in a running service. With --seconds, record many clients and check every guarantee.',
    )
    .option(
      '--host <url>',
      'URL of the service; with --seconds, repeat it for more instances',
      collect,
    )
    .option('--seconds <n>', 'record concurrent clients for this time and check it', decimal)
    .option('--replica <url>', 'instance that reads from a replica; eventual reads are sent to it')
    .option(
      '--embedded <store>',
      'start two instances on an embedded postgres, postgres-document or dynamodb, or three whose carts move from one database to the other: move, move-from-dynamodb; repeat it for several stores',
      collect,
    )
    .option('--faults', 'with --embedded: inject faults between the service and its database')
    .option('--carts <n>', 'with --embedded move: carts to move (200)', integer)
    .option(
      '--without <kind>',
      'with --seconds: leave out an operation such as merge; repeatable',
      collect,
    )
    .option('--iterations <n>', 'without --seconds: repetitions of each scenario (10)', integer)
    .option('--clients <n>', 'concurrent clients', integer, 10)
    .option(
      '--output <path>',
      'file for the records (results/consistency.json); with --seconds, folder for the reports',
    )
    .option('--junit <file>', 'file for the guarantees or scenarios as JUnit XML')
    .option('--seed <n>', 'random seed of customers, products, quantities and faults', integer, 1)
  addAccessOptions(command)
    .addHelpText(
      'after',
      helpEnd([
        'consistency --host http://127.0.0.1:8080',
        'consistency --host http://127.0.0.1:8081 --host http://127.0.0.1:8082 --seconds 30',
        'consistency --embedded postgres --embedded dynamodb --faults --seconds 60',
        'consistency --embedded move --faults --carts 5000 --seconds 120',
      ]),
    )
    .action((options) =>
      run(options, async (io) =>
        (await import('../consistency-choice.ts')).chooseConsistency(options, io),
      ),
    )
}
