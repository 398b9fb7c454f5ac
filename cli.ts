#!/usr/bin/env node
import { availableParallelism } from 'node:os'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT } from './lab/commands/exit-codes.ts'
import { UsageError } from './lab/http/usage-error.ts'
import { CartError } from './src/cart/errors.ts'
import { ConfigError } from './src/config-error.ts'
import { explainMissingPackage } from './src/missing-package.ts'

/** `pushcart ...`: parsing and exit codes only. A command's code is loaded when it is run. */
const program = new Command('pushcart')
  .description('A shopping cart on PostgreSQL or DynamoDB, and the lab that compares the two.')
  .version('0.1.0')
  .showHelpAfterError('(pushcart --help lists the commands)')
  .exitOverride()

program
  .command('serve')
  .description('run the cart API on the database that CART_STORE_TYPE names')
  .option('--embedded', 'start the database too, and keep its data in --data-dir', false)
  .option(
    '--migrate',
    'create the table or migrate the schema first (--embedded implies it)',
    false,
  )
  .option('--data-dir <folder>', 'where an embedded database keeps its data', '.pushcart')
  .option('--workers <n>', 'processes that share the port; `auto` for one per core', workers)
  .action(async (options) => {
    const { runService } = await import('./src/run-service.ts')
    await runService(options)
  })

const perf = program
  .command('perf')
  .description(
    'measure a running service: 150 operations one after another, or a load with --rate or --closed',
  )
  .requiredOption('--host <url>', 'the service')
  .option('--output <file>', 'where the result goes', 'results/perf.json')
  .option('--seed <n>', 'of the operations', integer, 1)
addLoadOptions(perf).action(async (options) => {
  const { perfCommand } = await import('./lab/commands/perf.ts')
  process.exitCode = await perfCommand(options, terminal())
})

program
  .command('consistency')
  .description(
    'look for lost updates and stale reads in a running service; with --seconds, from many clients at once, checked and explained',
  )
  .option('--host <url>', 'the service; with --seconds, repeat it for several instances', collect)
  .option(
    '--seconds <n>',
    'record concurrent clients for so long, and check what they saw',
    decimal,
  )
  .option('--replica <url>', 'an instance that reads from a replica: eventual reads go there')
  .option(
    '--embedded <store>',
    'start the service itself, twice, on postgres or dynamodb; both when repeated',
    collect,
  )
  .option('--faults', 'with --embedded: break what lies between the service and its database')
  .option(
    '--without <kind>',
    'with --seconds: leave out operations such as merge; repeatable',
    collect,
  )
  .option('--iterations <n>', 'without --seconds: how often each scenario runs (10)', integer)
  .option('--clients <n>', 'concurrent clients', integer, 10)
  .option('--output <path>', 'a file for the records; with --seconds, a folder for the reports')
  .option('--seed <n>', 'of customers, products, quantities and faults', integer, 1)
  .action(async (options) => {
    const { chooseConsistency } = await import('./lab/commands/consistency-choice.ts')
    process.exitCode = await chooseConsistency(options, terminal())
  })

program
  .command('check')
  .description('check histories that were recorded before (pushcart consistency --seconds)')
  .argument('<files...>', 'history.ndjson; several go into one report, each as a store')
  .option('--output <folder>', 'where reports go; none are written without it')
  .action(async (files, options) => {
    const { checkCommand } = await import('./lab/commands/check.ts')
    process.exitCode = await checkCommand(files, options, terminal())
  })

const compare = program
  .command('compare')
  .argument('[older]', 'results.json of a run, to be compared with')
  .argument('[newer]', 'that of a later one; nothing is measured then')
  .description(
    'compare two services, or both databases embedded: a quick look, a consistency test and, with --rate or --closed, blocks of load; writes a report',
  )
  .option('--a <url>', 'one running service')
  .option('--b <url>', 'the other')
  .option('--label-a <text>', 'name of the first in the report')
  .option('--label-b <text>', 'name of the second')
  .option('--self [store]', 'one service against itself: --a, or an embedded store (postgres)')
  .option(
    '--output <folder>',
    'where the results and the report go (default: results/compare-<time>)',
  )
  .option('--iterations <n>', 'of the consistency test', integer, 10)
  .option('--clients <n>', 'concurrent clients on one product', integer, 10)
  .option(
    '--pool-size <n>',
    'most connections of each embedded service to its database (10)',
    integer,
  )
  .option('--seed <n>', 'of the operations', integer, 1)
  .option('--blocks <n>', 'blocks of load, in each of which every side has its turn (10)', integer)
  .option('--margin <share>', 'differences up to this do not matter (0.05)', decimal)
  .option('--slo <objective>', 'also search the highest rate that meets it, such as p99=50ms')
  .option(
    '--fail-if <condition>',
    "exit with 1 when it is met, such as 'b.get_cart.p99 > 1.2 * a.get_cart.p99', or one of @FILE, one a line; may be repeated",
    collect,
  )
compare
  .option(
    '--requirements',
    'also measure single operations, other rates, 100 shoppers, large carts and histories (default with a load on the embedded databases)',
  )
  .option('--no-requirements', 'leave these out')
  .option(
    '--prices <file>',
    'your own prices for the cost model, in the form of lab/model/cost/prices.json',
  )
addLoadOptions(compare).action(async (older, newer, options) => {
  if (older !== undefined) {
    const { compareRunsCommand } = await import('./lab/commands/compare-runs.ts')
    if (newer === undefined) throw new UsageError('two result files are compared, the older first')
    const alien = compare.options.find(
      (option) =>
        option.long !== '--output' &&
        compare.getOptionValueSource(option.attributeName()) === 'cli',
    )
    if (alien !== undefined)
      throw new UsageError(`${alien.long}: two result files are compared, nothing is measured`)
    process.exitCode = await compareRunsCommand([older, newer], options, terminal())
    return
  }
  const { compareCommand } = await import('./lab/commands/compare.ts')
  process.exitCode = await compareCommand(options, terminal())
})

program
  .command('report')
  .description('write the report of a comparison again')
  .argument('<results>', 'results.json, or its folder')
  .option('--output <folder>', 'where the report goes (that of the results)')
  .option('--prices <file>', 'prices of the cost model')
  .action(async (results, options) => {
    const { reportCommand } = await import('./lab/commands/report.ts')
    process.exitCode = await reportCommand(results, options, terminal())
  })

await program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.good : EXIT.usage
    return
  }
  const [line, exitCode] = explain(error)
  process.stderr.write(`pushcart: ${line}\n`)
  process.exitCode = exitCode
})

function explain(error: unknown): [string, number] {
  if (error instanceof ConfigError || error instanceof UsageError)
    return [error.message, EXIT.usage]
  if (error instanceof CartError) return [`${error.code}: ${error.message}`, EXIT.checkFailed]
  const missing = explainMissingPackage(error)
  if (missing !== undefined) return [missing, EXIT.usage]
  // A command of the lab that ends as nobody foresaw has proved nothing.
  const code = program.args[0] === 'serve' ? EXIT.checkFailed : EXIT.invalidRun
  return [error instanceof Error ? error.message : String(error), code]
}

/** Where a lab command prints, and the signal that Ctrl-C gives it. */
function terminal() {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort()).once('SIGTERM', () => interrupt.abort())
  return {
    out: (line: string) => process.stdout.write(`${line}\n`),
    err: (line: string) => process.stderr.write(`${line}\n`),
    signal: interrupt.signal,
  }
}

/** What `perf` and `compare` are told about a load. */
function addLoadOptions(command: Command): Command {
  return command
    .option('--rate <n>', 'operations per second, whether it keeps up or not (open loop)', decimal)
    .option('--closed', 'each connection sends when its last answer has come (closed loop)')
    .option(
      '--duration <seconds>',
      'what is measured, after the warm-up (60; in compare 6)',
      decimal,
    )
    .option(
      '--warmup <seconds>',
      'longest warm-up before; it ends when no trend is left (10)',
      decimal,
    )
    .option('--operations <n>', 'end after so many, not by time', integer)
    .option('--connections <n>', 'most requests in flight (32)', integer)
    .option(
      '--mix <name>',
      'shopper (default), shopper-checkout, read-heavy, write-heavy, create-heavy, hot',
    )
    .option('--arrivals <kind>', 'poisson (default) or constant')
    .option('--cart-choice <kind>', 'zipf (default) or uniform')
    .option('--carts <n>', 'carts prepared for the mix (1000; in compare 200)', integer)
    .option('--lines-per-cart <n>', 'their lines, and mean adds of a shopper (5)', integer)
    .option('--products <n>', 'products 1 to n are added (1000)', integer)
    .option('--product-ids <list>', 'these are added, separated by commas')
    .option('--shoppers <n>', 'shoppers in the shop at any time (100)', integer)
    .option('--timeout <ms>', 'for a request (10000)', integer)
    .option('--json', 'one JSON object a line, for programs')
}

function workers(text: string): number {
  if (text === 'auto') return availableParallelism()
  const count = integer(text)
  if (count < 1 || count > 1024) throw new InvalidArgumentError('1 to 1024, or auto, is wanted.')
  return count
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text]
}

function decimal(text: string): number {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text))
    throw new InvalidArgumentError('a number from 0 up is wanted.')
  return Number(text)
}

function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('an integer is wanted.')
  return Number(text)
}
