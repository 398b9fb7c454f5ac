import { type ComparisonFile, FORMAT } from '../../results/comparison-file.ts'
import type { LoadResult } from '../../results/load-result.ts'
import type { Side } from '../../results/side.ts'
import { BLOCK_RULES } from '../../stats/compare-blocks.ts'

/** Nothing is known of the database and the resources behind a result of `perf`. */
const UNWATCHED = {
  service_cpu_s: null,
  service_memory_bytes: null,
  database_cpu_s: null,
  database_memory_bytes: null,
  database_disk_bytes: null,
  connections: null,
  read_units: null,
  write_units: null,
  store_retries: null,
  store_throttles: null,
}

/**
 * A result of `perf` or `merge` as a comparison of one target with one block, to be compared with another. One block has
 * no interval, so no difference is more than inconclusive.
 */
export function oneRun(result: LoadResult): ComparisonFile {
  const { pushcart_version, ...machine } = result.environment
  const side: Side = {
    key: 'service',
    label: 'Service',
    store: null,
    engine: null,
    read_consistency: null,
    emulator: false,
    address: null,
    database_version: null,
    durability: null,
  }
  const slot = { block: 0, place: 0, side: side.key, result, watched: UNWATCHED }
  return {
    format: FORMAT,
    version: 1,
    environment: {
      started_at: result.started_at,
      pushcart_version,
      command: 'npx pushcart perf',
      seed: result.spec.seed,
      stream_sha256: '',
      operations: 0,
      warm_up_operations: 0,
      consistency_iterations: 0,
      concurrent_clients: 0,
      machine,
      sides: [side],
    },
    quick_look: [],
    consistency: [],
    load: { spec: result.spec, blocks: 1, margin: BLOCK_RULES.margin, slots: [slot] },
    capacity: null,
  }
}
