import { type Command, Option } from 'commander'
import { helpEnd } from './help-end.ts'
import type { RunAction } from './run.ts'

export function addImport(program: Command, run: RunAction): void {
  program
    .command('import')
    .description(
      'Read what another load generator measured: points of k6 (NDJSON, CSV), or a file of HdrHistogram (.hlog, .hgrm, wrk2).',
    )
    .argument('<file>', 'the file; one that ends in .gz is decompressed')
    .option('--output <file>', 'file for the result', 'results/imported.json')
    .addOption(
      new Option(
        '--unit <unit>',
        'unit of an HdrHistogram file (.hgrm: ms; .hlog: found from its maxima)',
      ).choices(['ns', 'us', 'ms']),
    )
    .option('--json', 'print one JSON object per line; the last one is the result or the error')
    .addHelpText('after', helpEnd(['import points.json', 'import latency.hlog --unit ns']))
    .action((path, options) =>
      run({ ...options, atOnce: true }, async (io) =>
        (await import('../import.ts')).importCommand(path, options, io),
      ),
    )
}
