import { percentageOf } from '../../stats/percentage.ts'
import { round2 } from '../../stats/round.ts'
import type { CreateThenReadRecord } from '../records.ts'
import { readAfterWrite } from './reads.ts'
import { drawCustomer, type ScenarioContext, verdictOf } from './scenario.ts'

/** Creates a cart and reads it five times. */
export async function createThenRead(context: ScenarioContext): Promise<CreateThenReadRecord> {
  const timestamp = new Date().toISOString()
  const created = await context.client.send('create', { customer: drawCustomer(context.random) })
  const { cartId } = created
  const reads =
    cartId === null
      ? { attempts: 0, consistent: 0, delaysMs: [], problems: [`create: ${created.error}`] }
      : await readAfterWrite(context, cartId, (seen) => seen !== null)
  return {
    scenario: 'create_then_read',
    cart_id: cartId,
    create_time_ms: round2(created.ms),
    read_attempts: reads.attempts,
    consistent_reads: reads.consistent,
    consistency_rate: percentageOf(reads.consistent, reads.attempts),
    delays_ms: reads.delaysMs,
    ...verdictOf(reads.problems),
    timestamp,
  }
}
