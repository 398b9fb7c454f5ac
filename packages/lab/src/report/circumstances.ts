import type { Term } from '../page/document.ts'
import type { Environment } from '../results/environment.ts'
import { hasSessions } from '../results/load-spec.ts'
import { EMULATOR_WORDS, type Side } from '../results/side.ts'
import type { LoadFindings } from './performance/findings.ts'
import { loadSize, plural } from './performance/words.ts'

/** What ran, and on what. */
export function circumstances(environment: Environment, load: LoadFindings | null): Term[] {
  const { machine, sides } = environment
  return [
    { term: 'Started', details: [readableTime(environment.started_at)] },
    {
      term: 'Machine',
      details: [
        `${machine.cpu}, ${plural(machine.cores, 'core')}, ${machine.memory_gib} GiB of memory`,
        `${machine.system}, Node.js ${machine.node}, pushcart ${environment.pushcart_version}`,
      ],
    },
    ...networkTerm(environment),
    ...sides.map((side) => ({ term: side.label, details: describeSide(side) })),
    {
      term: 'Operations',
      details: [
        `seed ${environment.seed}, identical on every target`,
        `SHA-256 of the operations: ${environment.stream_sha256}`,
      ],
    },
    ...(load === null ? [] : [loadTerm(load), ...noiseTerm(load), schedules(load)]),
  ]
}

/** The stated network of embedded services; nothing where they reached their databases over loopback. */
function networkTerm({ network }: Environment): Term[] {
  if (network === undefined) return []
  return [
    {
      term: 'Network',
      details: [
        `a proxy between each service and its database adds ${network.rtt_ms} ms to every round trip, on every target alike; measured: ${network.measured_ms} ms (median of single bytes)`,
      ],
    },
  ]
}

function loadTerm({ load: { spec, blocks, margin }, valid }: LoadFindings): Term {
  const loop = spec.loop === 'open' ? `open loop, ${spec.arrivals} arrivals` : 'closed loop'
  const carts = hasSessions(spec) ? '' : `, carts chosen by a ${spec.cart_choice} distribution`
  return {
    term: 'Load',
    details: [
      `${loadSize(spec)}, ${loop}, mix ${spec.mix}${carts}`,
      `${spec.duration_s} s measured per run, after a warm-up that ends at steady state or after ${spec.warmup_s} s; ${spec.connections} connections`,
      `${valid.length} valid of ${blocks} requested blocks; equivalence margin ${margin * 100} %; seed ${spec.seed}`,
    ],
  }
}

function noiseTerm({ noise }: LoadFindings): Term[] {
  if (noise === null) return []
  const { file, started_at } = noise
  const run = `${file}, an A/A run under the same load, started ${readableTime(started_at)}`
  return [{ term: 'Noise floor', details: [run] }]
}

/** The hash of each block's schedule, which has to be identical on every target. */
function schedules({ load, blocks }: LoadFindings): Term {
  const hashes = blocks.map((block) => {
    const own = load.slots.filter((slot) => slot.block === block)
    return {
      block,
      of: [...new Set(own.map(({ result }) => result.schedule_sha256.slice(0, 12)))],
    }
  })
  const unequal = hashes.filter(({ of }) => of.length > 1).map(({ block }) => block + 1)
  return {
    term: 'Request schedules',
    details: [
      unequal.length === 0
        ? 'identical on every target within a block; first 12 digits of their SHA-256:'
        : `NOT identical within block ${unequal.join(', ')}, whose results are not comparable; first 12 digits of their SHA-256:`,
      hashes.map(({ block, of }) => `${block + 1}: ${of.join(' or ')}`).join(', '),
    ],
  }
}

function describeSide(side: Side): string[] {
  const unknown = side.store === null ? 'the service does not report its database' : null
  const database = [side.database_version ?? unknown, side.emulator ? EMULATOR_WORDS : null]
  const service = [
    side.address ?? 'service and database started by the comparison',
    side.read_consistency === null ? null : `${side.read_consistency} reads`,
    side.pool_size == null
      ? null
      : `connection pool of at most ${plural(side.pool_size, 'connection')}`,
  ]
  const join = (parts: readonly (string | null)[]) =>
    parts.filter((part) => part !== null).join('; ')
  return [
    join(database),
    join(service),
    side.durability === null ? '' : `durability: ${side.durability}`,
  ].filter((line) => line !== '')
}

/** `22 November 2026, 17:49 UTC`, from an ISO 8601 time. */
export function readableTime(iso: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  return `${format.format(new Date(iso)).replace(' at ', ', ')} UTC`
}

/** How the figures were measured, one paragraph each. */
export function method(environment: Environment, load: LoadFindings | null): string[] {
  const { operations, warm_up_operations, consistency_iterations, concurrent_clients } = environment
  const third = operations / 3
  return [
    ...(load === null ? [] : [loadMethod(load)]),
    `Quick look. One client creates ${third} carts, adds a product to a cart ${third} times and reads a cart ${third} times: ${operations} operations over HTTP, each sent when the previous response has arrived. Every target receives the same operations in the same order, after a warm-up of ${warm_up_operations} operations that are not counted. The targets alternate operation by operation, in an order that reverses each time, so that the n-th operations of all targets run next to each other.`,
    'Percentiles use the nearest-rank method, so each is a measured time. Times cover successful operations only, from sending the request to receiving the whole response. With so few operations, P99 is close to the maximum.',
    `Consistency test. ${consistency_iterations} iterations on every target. Each iteration creates a cart and reads it five times; adds a product and reads the cart five times; adds several products in quick succession; and lets ${plural(concurrent_clients, 'concurrent client')} add the same product, after which every acknowledged unit must be stored. Without injected faults, the test finds bugs of the service rather than limits of the database.`,
    `Differences between the targets. Durability of an acknowledged write${poolWords(environment)} can differ: see the list of targets. Strong reads are the fair comparison with PostgreSQL; on DynamoDB, eventual reads cost half as much and may be stale.`,
  ]
}

/** Nothing where all pools have the same size. */
function poolWords({ sides }: Environment): string {
  const sizes = sides.map(({ pool_size }) => pool_size)
  const same = sizes.every((size) => size != null) && new Set(sizes).size === 1
  return same ? '' : ' and the size of the connection pool'
}

function loadMethod({ load, self }: LoadFindings): string {
  const { spec } = load
  const loop =
    spec.loop === 'open'
      ? 'Requests are sent at predetermined times, whether or not the service keeps up. Latency is measured from the intended send time, so there is no coordinated omission'
      : 'Each connection sends the next request when the previous response arrives. A service that stalls therefore receives fewer requests: compare throughput before tail latency'
  return `Load. ${loop}. In each block, ${self ? 'the service receives the same schedule twice' : 'all targets receive the same schedule'}, one target after another in random order; every block has a different schedule. The load generator runs in a separate process and monitors itself: if it is the bottleneck in a run, the block is invalid. See docs/measurement.md of pushcart for the whole method.`
}
