import type { Draw } from './draw.ts'
import type { DynamoParameters, Units } from './parameters.ts'
import { createPartitions, PARTITION, type Partition } from './partitions.ts'
import { skewOf } from './skew.ts'
import type { Limit, SimulatedStore } from './store-slot.ts'
import { createTableThroughput } from './table-throughput.ts'
import { mixMean, type Workload } from './workload.ts'

/** A partition of which so much of the load is one cart's is held back by that cart. */
const ONE_CART = 0.95

/**
 * An on-demand DynamoDB table: what the table as a whole lets through, then what each partition takes, with the
 * client's retries. Any number of operations run at once; nothing queues in the database.
 *
 * @param usual operations per second that the table has long been used to
 */
export function createDynamoStore(
  dynamodb: DynamoParameters,
  workload: Workload,
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
      const outcomes = partitions.all.map((one) => outcomeOf(one, heat, open, dynamodb.attempts))
      const served = outcomes.reduce((sum, { partition, kept }) => sum + partition.share * kept, 0)
      // Shares sum to 1 but for their last bits.
      const lost = Math.max(0, Number((1 - served).toFixed(12)))
      return {
        served: rate * (1 - lost),
        rejected: rate * lost,
        throttled:
          rate * outcomes.reduce((sum, one) => sum + one.partition.share * one.refusals, 0),
        limit: limitOf(outcomes, open, quota),
        partitions: outcomes.length,
        latency: (kind, draws) => {
          const own = dynamodb.unloaded[kind]
          const unloaded = own === undefined ? 0 : draws.lognormal(own.median_s, own.p99_s)
          return unloaded + pauses(pick(outcomes, served, draws), dynamodb, draws)
        },
      }
    },
  }
}

function times({ write, read }: Units, rate: number): Units {
  return { write: write * rate, read: read * rate }
}

/** In shares of what one partition can give; reads and writes share it. */
function heatOf({ write, read }: Units): number {
  return write / PARTITION.write + read / PARTITION.read
}

/** As many as the throughput or the size needs. A new table's 4,000 writes or 12,000 reads are 4. */
function partitionsFor({ write, read }: Units, { data_gb }: DynamoParameters): number {
  return Math.ceil(
    Math.max(write / PARTITION.write, read / PARTITION.read, data_gb / PARTITION.gigabytes),
  )
}

interface Outcome {
  readonly partition: Partition
  /** Share of the operations that succeed in the end. */
  readonly kept: number
  /** Chance that one attempt is refused. */
  readonly refused: number
  /** Refused attempts per operation. */
  readonly refusals: number
}

/**
 * Retries add load until what gets through is the capacity: with n attempts, each refused by chance q, 1 - q^n of
 * the operations succeed, and that is all the partition gives.
 */
function outcomeOf(partition: Partition, heat: number, open: number, attempts: number): Outcome {
  const kept = Math.min(open, 1 / Math.max(1, partition.share * heat))
  const refused = (1 - kept) ** (1 / attempts)
  let refusals = 0
  for (let attempt = 1; attempt <= attempts; attempt++) refusals += refused ** attempt
  return { partition, kept, refused, refusals }
}

/** The partition of one successful operation. */
function pick(outcomes: readonly Outcome[], served: number, draw: Draw): Outcome | undefined {
  let place = draw.uniform() * served
  return outcomes.find(({ partition, kept }) => {
    place -= partition.share * kept
    return place <= 0
  })
}

/** Full jitter before each retry (Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015). */
function pauses(outcome: Outcome | undefined, dynamodb: DynamoParameters, draw: Draw): number {
  const { refused = 0, kept = 1 } = outcome ?? {}
  if (refused === 0) return 0
  // Only attempts of operations that succeed: the number of refusals before, below `attempts`.
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

function limitOf(outcomes: readonly Outcome[], open: number, quota: boolean): Limit | null {
  if (open < 1) return quota ? 'table quota' : 'table growth'
  const [worst] = outcomes
    .filter(({ kept }) => kept < 1)
    .sort((a, b) => b.partition.share * (1 - b.kept) - a.partition.share * (1 - a.kept))
  if (worst === undefined) return null
  const { largest, share } = worst.partition
  return largest >= ONE_CART * share ? 'one cart' : 'one partition'
}
