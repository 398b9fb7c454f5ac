import { mixMean } from '../terms/mix.ts'
import type { Draw } from './draw.ts'
import type { DynamoParameters, Units } from './parameters.ts'
import { createPartitions, PARTITION, type Partition } from './partitions.ts'
import { skewOf } from './skew.ts'
import { drawUnloaded, type Limit, type SimulatedStore } from './store-slot.ts'
import { createTableThroughput } from './table-throughput.ts'
import type { SimulatedTraffic } from './workload.ts'

/** From this share of a partition's load on, one cart is what limits the partition. */
const ONE_CART = 0.95

/**
 * An on-demand DynamoDB table: the throughput of the table as a whole, then that of each partition, with the client's
 * retries. Any number of operations run concurrently; nothing queues in the database.
 *
 * @param usual operations per second to which the table had adapted before the simulation starts
 */
export function createDynamoStore(
  dynamodb: DynamoParameters,
  workload: SimulatedTraffic,
  draw: Draw,
  usual: number,
): SimulatedStore {
  const each: Units = {
    write: mixMean(workload.mix, dynamodb.write_units),
    read: mixMean(workload.mix, dynamodb.read_units),
  }
  const table = createTableThroughput(dynamodb, times(each, usual))
  const partitions = createPartitions(
    partitionsFor(table.allowed, dynamodb),
    skewOf(workload),
    draw,
  )

  partitions.settle(heatOf(times(each, usual)))

  return {
    step(rate, _tasks, seconds) {
      const asked = times(each, rate)
      const heat = heatOf(asked)
      const { share: open, quota } = table.step(asked, seconds)
      partitions.step(heat, dynamodb.split_s, seconds)
      partitions.growTo(partitionsFor(table.allowed, dynamodb))
      const loads = partitions.all.map((one) => loadOf(one, heat, open, dynamodb.attempts))
      const served = loads.reduce((sum, { partition, kept }) => sum + partition.share * kept, 0)
      // Rounding keeps shares from summing to exactly 1.
      const lost = Math.max(0, Number((1 - served).toFixed(12)))
      return {
        served: rate * (1 - lost),
        rejected: rate * lost,
        throttled: rate * loads.reduce((sum, one) => sum + one.partition.share * one.refusals, 0),
        limit: limitOf(loads, open, quota),
        latency: (kind, draws) =>
          drawUnloaded(dynamodb.unloaded[kind], draws) +
          pauses(pick(loads, served, draws), dynamodb, draws),
      }
    },
  }
}

function times({ write, read }: Units, rate: number): Units {
  return { write: write * rate, read: read * rate }
}

/** In shares of the throughput of one partition, which reads and writes share. */
function heatOf({ write, read }: Units): number {
  return write / PARTITION.write + read / PARTITION.read
}

/** Partitions for the throughput or the size. The 4,000 writes or 12,000 reads of a new table are 4 partitions. */
function partitionsFor({ write, read }: Units, { data_gb }: DynamoParameters): number {
  return Math.ceil(
    Math.max(write / PARTITION.write, read / PARTITION.read, data_gb / PARTITION.gigabytes),
  )
}

interface PartitionLoad {
  readonly partition: Partition
  /** Share of the operations that succeed, if necessary after retries. */
  readonly kept: number
  /** Probability that one attempt is refused. */
  readonly refused: number
  /** Refused attempts per operation. */
  readonly refusals: number
}

/**
 * Retries add load until the successes equal the capacity: with n attempts, each refused with probability q, 1 - q^n
 * of the operations succeed, which is the share that the partition can serve.
 */
function loadOf(partition: Partition, heat: number, open: number, attempts: number): PartitionLoad {
  const kept = Math.min(open, 1 / Math.max(1, partition.share * heat))
  const refused = (1 - kept) ** (1 / attempts)
  let refusals = 0
  for (let attempt = 1; attempt <= attempts; attempt++) refusals += refused ** attempt
  return { partition, kept, refused, refusals }
}

/** The partition of one successful operation. */
function pick(
  loads: readonly PartitionLoad[],
  served: number,
  draw: Draw,
): PartitionLoad | undefined {
  let place = draw.uniform() * served
  return loads.find(({ partition, kept }) => {
    place -= partition.share * kept
    return place <= 0
  })
}

/** Full jitter before each retry (Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015). */
function pauses(load: PartitionLoad | undefined, dynamodb: DynamoParameters, draw: Draw): number {
  const { refused = 0, kept = 1 } = load ?? {}
  if (refused === 0) return 0
  // Of operations that succeed only: fewer refusals than `attempts`.
  let place = draw.uniform() * kept
  let chance = 1 - refused
  let seconds = 0
  for (let refusal = 0; refusal < dynamodb.attempts - 1 && place > chance; refusal++) {
    place -= chance
    chance *= refused
    seconds += draw.uniform() * dynamodb.backoff_s * 2 ** refusal
  }
  return seconds
}

function limitOf(loads: readonly PartitionLoad[], open: number, quota: boolean): Limit | null {
  if (open < 1) return quota ? 'table_quota' : 'table_growth'
  const [worst] = loads
    .filter(({ kept }) => kept < 1)
    .sort((a, b) => b.partition.share * (1 - b.kept) - a.partition.share * (1 - a.kept))
  if (worst === undefined) return null
  const { largest, share } = worst.partition
  return largest >= ONE_CART * share ? 'one_cart' : 'one_partition'
}
