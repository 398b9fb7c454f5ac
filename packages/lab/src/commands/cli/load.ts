import type { Command } from 'commander'
import { decimal, generators, integer } from './parsers.ts'

/** Adds the options of a load, which `perf` and `compare` have in common. */
export function addLoadOptions(command: Command): Command {
  return command
    .option('--rate <n>', 'operations per second, however fast the service is (open loop)', decimal)
    .option(
      '--closed',
      'each connection sends the next request when the previous response arrives (closed loop)',
    )
    .option('--duration <seconds>', 'measured time after the warm-up (60; compare: 6)', decimal)
    .option(
      '--warmup <seconds>',
      'maximum warm-up; it ends as soon as there is no trend (10)',
      decimal,
    )
    .option('--operations <n>', 'end after this many operations instead of a duration', integer)
    .option('--connections <n>', 'maximum requests in flight (32)', integer)
    .option(
      '--mix <name>',
      'shopper (default), shopper-checkout, read-heavy, write-heavy, create-heavy or hot',
    )
    .option('--arrivals <kind>', 'poisson (default) or constant')
    .option('--cart-choice <kind>', 'zipf (default) or uniform')
    .option('--carts <n>', 'carts created before the run (1000; compare: 200)', integer)
    .option(
      '--lines-per-cart <n>',
      'lines per prepared cart, and mean number of adds per shopper (5)',
      integer,
    )
    .option('--products <n>', 'add products 1 to n (1000)', integer)
    .option('--shoppers <n>', 'concurrent shoppers (100)', integer)
    .option(
      '--generators <n>',
      'processes that share the load; auto (default) chooses by the rate and the cores',
      generators,
    )
    .option(
      '--otlp',
      'send rates and latency histograms as OpenTelemetry metrics while the load runs (OTEL_EXPORTER_OTLP_ENDPOINT)',
    )
    .option('--timeout <ms>', 'maximum time of a request (10000)', integer)
    .option('--json', 'print one JSON object per line; the last one is the result or the error')
}
