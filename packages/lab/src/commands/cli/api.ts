import type { Command } from 'commander'
import { addAccessOptions } from './access.ts'
import { helpEnd } from './help-end.ts'
import { collect } from './parsers.ts'
import type { RunAction } from './run.ts'

export function addApi(program: Command, run: RunAction): void {
  const api = program
    .command('api')
    .description('Describe the API of another cart service in a file for --api, and try the file.')
  const tried = api
    .command('try')
    .description(
      'Send each operation once, and show the requests, the responses and what was read from them.',
    )
    .requiredOption('--host <url>', 'URL of the service')
  addAccessOptions(tried)
    .addHelpText(
      'after',
      helpEnd([
        'api try --host http://127.0.0.1:8080',
        "api try --host http://127.0.0.1:9000 --api medusa --header 'x-publishable-api-key: $MEDUSA_KEY'",
      ]),
    )
    .action((options) =>
      run({}, async (io) => (await import('../try-api.ts')).tryApiCommand(options, io)),
    )
  api
    .command('init')
    .description('Write a commented API file, from an OpenAPI document or from options.')
    .argument('[file]', 'the file to write', 'api.yaml')
    .option('--openapi <file>', 'OpenAPI document (JSON or YAML) of the service')
    .option('--create <request>', "such as 'POST /carts'")
    .option('--add <request>', "such as 'POST /carts/{cart}/items'")
    .option('--get <request>', "such as 'GET /carts/{cart}'")
    .option('--body <fields>', 'fields of an add: product and quantity')
    .option('--id <pointer>', 'where the response of a create has the cart id')
    .option('--lines <pointer>', 'where the response of a get has the lines')
    .option('--status <pair>', 'status of success, such as add=204; repeatable', collect)
    .addHelpText(
      'after',
      helpEnd([
        'api init',
        "api init shop.yaml --create 'POST /baskets' --add 'POST /baskets/{cart}/lines' --get 'GET /baskets/{cart}'",
        'api init shop.yaml --openapi openapi.json',
      ]),
    )
    .action((file, options) =>
      run({ atOnce: true }, async (io) =>
        (await import('../init-api.ts')).initApiCommand(file, options, io),
      ),
    )
}
