import { join } from 'node:path'
import { checkHistory } from '../../packages/histories/src/index.ts'
import { recordMove } from '../../packages/lab/src/commands/consistency-move.ts'
import { startEngines } from '../../packages/lab/src/faults/move/engines.ts'
import { foundIn } from '../disturb.ts'
import { skipped } from '../found.ts'
import type { Scenario } from '../scenario.ts'

const CLIENTS = 10
/** Of the replicas and indexes of DynamoDB, milliseconds. */
const LAG_MS = 300

/** As `pushcart consistency --embedded move --faults`: carts move between the stores and back while everything fails. */
export const move: Scenario = {
  name: 'move',
  about:
    'carts move to the other store and back; movers and instances are killed and frozen, databases fail',
  stores: ['postgres', 'dynamodb'],
  async run({ store, folder, seconds, seed, signal }) {
    await using engines = await startEngines()
    const { history, move } = await recordMove(
      join(folder, 'move.ndjson'),
      { engines, from: store, faults: true, seconds, clients: CLIENTS, seed, lagMs: LAG_MS },
      { out() {}, err() {}, signal: signal ?? new AbortController().signal },
    )
    const disruptions = move.events.filter(({ event }) => /killed|frozen/.test(event)).length
    const found = foundIn(checkHistory(history), disruptions)
    return [
      {
        ...skipped(this.name, store, this.about, ''),
        ...found,
        skipped: undefined,
        times: disruptions,
        checks: [
          ...found.checks,
          {
            criterion: 'movers report no missing and no different cart',
            measured: move.failures[0] ?? `all carts were moved ${move.legs} times`,
            passed: move.failures.length === 0,
          },
        ],
      },
    ]
  },
}
