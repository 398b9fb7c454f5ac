import { EMULATOR_WORDS, type Side } from '../compare/side.ts'
import { hasSessions } from '../load/load-spec.ts'
import type { Environment } from '../results/environment.ts'
import type { LoadFindings } from './load/findings.ts'
import { loadWords } from './load/words.ts'
import type { Term } from './model.ts'

/** What was run, and on what. */
export function circumstances(environment: Environment, load: LoadFindings | null): Term[] {
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
    ...(load === null ? [] : [loadTerm(load), schedules(load)]),
  ]
}

function loadTerm({ load: { spec, blocks, margin }, valid }: LoadFindings): Term {
  const arrivals = spec.loop === 'open' ? `${spec.arrivals} arrivals` : 'closed loop'
  return {
    term: 'Load',
    details: [
      `${loadWords(spec).replace(/^at /, '')}, ${arrivals}, mix ${spec.mix}${hasSessions(spec) ? '' : `, ${spec.cart_choice} choice of carts`}`,
      `${spec.duration_s} s measured after a warm-up of at most ${spec.warmup_s} s, ended by a rule, ${spec.connections} connections to every side`,
      `${valid.length} valid blocks of ${blocks} wanted, margin ${margin * 100} %, seed ${spec.seed}`,
    ],
  }
}

/** The hash of each block's schedule, which has to be the same on every side. */
function schedules({ load, blocks }: LoadFindings): Term {
  const hashes = blocks.map((block) => ({
    block,
    of: [
      ...new Set(
        load.slots
          .filter((slot) => slot.block === block)
          .map(({ result }) => result.schedule_sha256.slice(0, 12)),
      ),
    ],
  }))
  const unequal = hashes.filter(({ of }) => of.length > 1).map(({ block }) => block + 1)
  return {
    term: 'Schedules',
    details: [
      unequal.length === 0
        ? 'the same for every side of a block; the first 12 digits of their SHA-256:'
        : `NOT the same for every side in block ${unequal.join(', ')}: these do not compare like with like`,
      hashes.map(({ block, of }) => `${block + 1}: ${of.join(' or ')}`).join(', '),
    ],
  }
}

function describeSide(side: Side): string[] {
  const unknown = side.store === null ? 'the service does not say which database it uses' : null
  const database = [side.database_version ?? unknown, side.emulator ? EMULATOR_WORDS : null]
  const service = [
    side.address ?? 'service and database started for this comparison',
    side.read_consistency === null ? null : `${side.read_consistency} reads`,
    side.pool_size == null
      ? null
      : `a pool of at most ${side.pool_size} connections to the database`,
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
export function method(environment: Environment, load: LoadFindings | null): string[] {
  const { operations, warm_up_operations, consistency_iterations, concurrent_clients } = environment
  const third = operations / 3
  return [
    ...(load === null ? [] : [loadMethod(load)]),
    `${load === null ? 'Speed' : 'Quick look'}. ${third} carts are created, ${third} times a product is added to one of them in turn, and ${third} carts are read: ${operations} operations over HTTP, each sent when the one before it was answered. Every side got the same operations in the same order, and first a warm-up of ${warm_up_operations} operations whose times were thrown away. The sides took turns, operation by operation and in an order that turned round every time, so that the n-th operations of all sides ran next to each other on the same machine.`,
    `Percentiles are by nearest rank: always a time that was measured. Times cover the successful operations, from sending the request to the whole answer read. P99 of so few operations is close to the slowest single one: read it as such.`,
    `Consistency. ${consistency_iterations} iterations on every side: a cart is created and read five times; a product is added and the cart read five times; several products are added in quick succession; and ${concurrent_clients} clients at once add one product, after which every acknowledged unit must be there. Without failures of the network or of the database, this shows mistakes of the service rather than limits of the database.`,
    `Unequal things. What a database promises when it acknowledges a write differs${poolWords(environment)}: see each side above. Strong reads are the fair counterpart of PostgreSQL's; eventual reads cost half as much on DynamoDB and may lag.`,
  ]
}

/** Where all have the same, there is nothing to be said. */
function poolWords({ sides }: Environment): string {
  const sizes = sides.map(({ pool_size }) => pool_size)
  if (sizes.some((size) => size == null)) return ', and so may the pools of connections'
  return new Set(sizes).size > 1 ? ', and so do the pools of connections' : ''
}

function loadMethod({ load, self }: LoadFindings): string {
  const { spec } = load
  const loop =
    spec.loop === 'open'
      ? 'Requests were due at times drawn beforehand, whether the service kept up or not, and the time of each runs from when it was due, so a stall is charged to whoever stalled'
      : 'Every connection sent its next request when the last was answered: a service that stalls is then asked less, so compare rates before tails'
  return `Load. ${loop}. In every block ${self ? 'the service got the same schedule twice' : 'all sides got the same schedule'}, one after another in an order drawn by lot; the next block had another schedule. The generator ran in a process of its own and watched itself: a run in which it was the bottleneck makes its block invalid. docs/measurement.md of pushcart has the whole method.`
}
