import { published, type SourcedFigure } from '../terms/source.ts'

/** What a gp3 volume of RDS for PostgreSQL accepts without provisioned throughput. */
export interface Volume {
  /** Minimum size. */
  readonly from_gb: number
  readonly iops: SourcedFigure
  readonly bytes_per_s: SourcedFigure
}

const GUIDE = { by: 'Amazon RDS User Guide', title: 'gp3 storage', when: null } as const

/** Ascending: from 400 GB on, RDS stripes four volumes. */
export const VOLUMES: readonly Volume[] = [
  { from_gb: 20, iops: published(3000, GUIDE), bytes_per_s: published(125 * 2 ** 20, GUIDE) },
  { from_gb: 400, iops: published(12_000, GUIDE), bytes_per_s: published(500 * 2 ** 20, GUIDE) },
]

/** The smallest volume that accepts a load; `null` where none does. */
export function volumeFor(load: {
  readonly iops: number
  readonly bytes_per_s: number
}): Volume | null {
  return (
    VOLUMES.find(
      ({ iops, bytes_per_s }) => iops.value >= load.iops && bytes_per_s.value >= load.bytes_per_s,
    ) ?? null
  )
}
