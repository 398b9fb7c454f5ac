import { Command } from 'commander'
import { moveCommand } from '../../../src/run/move-command.ts'
import { runService } from '../../../src/run/run-service.ts'
import { wrongMovers } from './wrong-movers.ts'

/**
 * `node program.ts NAME [--migrate]` serves like `pushcart-service`, and `node program.ts NAME move ...` moves, both with the
 * deliberately faulty mover of that name.
 */
const [name = '', ...args] = process.argv.slice(2)
const parts = wrongMovers()[name]
if (parts === undefined) throw new Error(`${name} is no faulty mover`)
if (args[0] === 'move')
  await new Command().addCommand(moveCommand(parts)).parseAsync(args, { from: 'user' })
else await runService({ embedded: false, migrate: args.includes('--migrate'), dataDir: '', parts })
