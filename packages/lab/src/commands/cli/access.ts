import type { Command } from 'commander'
import { collect } from './parsers.ts'

/** Adds the options of how a service is spoken to, which all commands that send requests have in common. */
export function addAccessOptions(command: Command): Command {
  return command
    .option(
      '--api <file>',
      'API of the service: a file (JSON, YAML), a module (.ts, .js), or medusa, vendure, retail-store, oscar, hw8',
    )
    .option(
      '--header <header>',
      "sent with every request: 'Name: value', with $VARIABLE or @FILE for a secret value, or @FILE with headers; repeatable",
      collect,
    )
    .option('--cacert <file>', 'certificates (PEM) to trust instead of those of Node.js')
    .option('--insecure', 'accept every certificate')
    .option('--product-ids <list>', 'add these products, separated by commas, or @FILE')
    .option('--customers <list>', 'create carts for these customers, separated by commas, or @FILE')
    .option('--single-units', 'add one unit at a time')
}
