import type { Environment } from '../compare/environment.ts'
import { EMULATOR_WORDS, type Side } from '../compare/side.ts'
import type { Circumstance } from './model.ts'

/** What was run, and on what. */
export function circumstances(environment: Environment): Circumstance[] {
  const { machine, sides } = environment
  return [
    { term: 'Started', details: [readableTime(environment.started_at)] },
    {
      term: 'Machine',
      details: [
        `${machine.cpu}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}, ${machine.memory_gib} GiB of memory`,
        `${machine.system}, Node ${machine.node}, pushcart ${environment.pushcart_version}`,
      ],
    },
    ...sides.map((side) => ({ term: side.label, details: describeSide(side) })),
    {
      term: 'Operations',
      details: [
        `seed ${environment.seed}, the same for every side`,
        `SHA-256 of the stream: ${environment.stream_sha256}`,
      ],
    },
  ]
}

function describeSide(side: Side): string[] {
  const unknown = side.store === null ? 'the service does not say which database it uses' : null
  const database = [side.database_version ?? unknown, side.emulator ? EMULATOR_WORDS : null]
  const service = [
    side.address ?? 'service and database started for this comparison',
    side.read_consistency === null ? null : `${side.read_consistency} reads`,
  ]
  const join = (parts: readonly (string | null)[]) => parts.filter(isText).join('; ')
  return [
    join(database),
    join(service),
    side.durability === null ? '' : `durability: ${side.durability}`,
  ].filter((line) => line !== '')
}

function isText(part: string | null): part is string {
  return part !== null
}

/** `22 November 2026, 17:49 UTC`, of an ISO 8601 time. */
export function readableTime(iso: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return `${format.format(new Date(iso)).replace(' at ', ', ')} UTC`
}

/** How the figures came about, one paragraph each. */
export function method(environment: Environment): string[] {
  const { operations, warm_up_operations, consistency_iterations, concurrent_clients } = environment
  const third = operations / 3
  return [
    `Speed. ${third} carts are created, ${third} times a product is added to one of them in turn, and ${third} carts are read: ${operations} operations over HTTP, each sent when the one before it was answered. Every side got the same operations in the same order, and first a warm-up of ${warm_up_operations} operations whose times were thrown away. The sides took turns, operation by operation and in an order that turned round every time, so that the n-th operations of all sides ran next to each other on the same machine.`,
    `Percentiles are by nearest rank: always a time that was measured. Times cover the successful operations, from sending the request to the whole answer read. P99 of so few operations is close to the slowest single one: read it as such.`,
    `Consistency. ${consistency_iterations} iterations on every side: a cart is created and read five times; a product is added and the cart read five times; several products are added in quick succession; and ${concurrent_clients} clients at once add one product, after which every acknowledged unit must be there. Without failures of the network or of the database, this shows mistakes of the service rather than limits of the database.`,
    `Unequal things. What a database promises when it acknowledges a write differs: see the durability of each side above. Strong reads are the fair counterpart of PostgreSQL's; eventual reads cost half as much on DynamoDB and may lag.`,
  ]
}
