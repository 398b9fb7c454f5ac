import type { OperationKind } from '../../results/operation-kinds.ts'
import { isWrite } from './mix.ts'
import { assumed, published, type SourcedFigure } from './source.ts'

/** What the model takes where nothing was measured: published by somebody, or assumed for a reason. */
export const DEFAULTS = {
  /** Bytes of write-ahead log per change of a cart. */
  log_bytes: assumed(2000, 'about three times what an add writes between checkpoints'),
  /** Bytes per second of a gp3 volume below 400 GB. */
  log_bandwidth: published(125 * 2 ** 20, {
    by: 'Amazon RDS User Guide',
    title: 'gp3 storage: 3,000 IOPS and 125 MiB/s below 400 GB',
    when: null,
  }),
  flush_time: assumed(0.001, 'usual for network block storage'),
  round_trip: assumed(0.0005, 'usual between zones of one region'),
  task_start: assumed(180, 'metrics, decision, image and health checks of ECS on Fargate'),
  table_quota: published(40_000, {
    by: 'Amazon DynamoDB Developer Guide',
    title: 'Quotas: read and write units per second of an on-demand table in us-east-1',
    when: null,
  }),
  partition_split: assumed(300, 'Amazon publishes that hot partitions split, not how soon'),
} as const satisfies Readonly<Record<string, SourcedFigure>>

/** Latency of a DynamoDB request inside a region, seconds. */
export interface PublishedLatency {
  readonly median: SourcedFigure
  readonly p99: SourcedFigure
}

const SCALING_BLOG = {
  by: 'AWS Database Blog',
  title: 'Scaling DynamoDB, part 1: lookups at an average latency under 2 ms',
  when: '2023',
}

const SINGLE_DIGIT = assumed(
  0.009,
  'the "single-digit millisecond performance" of the DynamoDB paper (Elhemali et al., USENIX ATC 2022), taken as P99',
)

/**
 * DynamoDB's latency where only an emulator was measured. Amazon publishes no percentiles with numbers: the plots of the
 * USENIX paper have no scale. Its published bounds are used where there are some, and the rest is assumed.
 */
const DYNAMODB_LATENCY = {
  eventual_read: {
    median: published(0.002, SCALING_BLOG),
    p99: SINGLE_DIGIT,
  },
  strong_read: {
    median: assumed(
      0.003,
      'strong reads go to the leader of the partition: above the 2 ms of eventual ones',
    ),
    p99: SINGLE_DIGIT,
  },
  write: {
    median: assumed(
      0.005,
      'two of three replicas in different zones store it first; the average is a single-digit number of milliseconds (AWS re:Post)',
    ),
    p99: assumed(0.02, 'four times the median'),
  },
} as const satisfies Readonly<Record<string, PublishedLatency>>

/** DynamoDB's latency for a kind of operation: one request each. */
export function dynamodbLatency(
  kind: OperationKind,
  reads: 'strong' | 'eventual',
): PublishedLatency {
  if (isWrite(kind)) return DYNAMODB_LATENCY.write
  // A list reads a global index, which has eventual reads only.
  return reads === 'strong' && kind === 'get_cart'
    ? DYNAMODB_LATENCY.strong_read
    : DYNAMODB_LATENCY.eventual_read
}
