import { published, type SourcedFigure } from '../terms/source.ts'

/** What a gp3 volume of RDS for PostgreSQL accepts. */
export interface Volume {
  /** Minimum size. */
  readonly from_gb: number
  /** Operations per second that its price includes. */
  readonly iops: SourcedFigure
  /** Operations per second with provisioned ones. */
  readonly most_iops: SourcedFigure
  readonly bytes_per_s: SourcedFigure
}

const GUIDE = { by: 'Amazon RDS User Guide', title: 'gp3 storage', when: null } as const

/** Ascending: from 400 GB on, RDS stripes four volumes, and operations per second can be provisioned. */
export const VOLUMES: readonly Volume[] = [
  {
    from_gb: 20,
    iops: published(3000, GUIDE),
    most_iops: published(3000, GUIDE),
    bytes_per_s: published(125 * 2 ** 20, GUIDE),
  },
  {
    from_gb: 400,
    iops: published(12_000, GUIDE),
    most_iops: published(64_000, GUIDE),
    bytes_per_s: published(500 * 2 ** 20, GUIDE),
  },
]

export interface StorageLoad {
  readonly iops: number
  readonly bytes_per_s: number
}

/**
 * The smallest volume that accepts a load; `null` where none does.
 *
 * @param provisions whether operations beyond the included ones can be bought
 */
export function volumeFor(load: StorageLoad, provisions: boolean): Volume | null {
  return (
    VOLUMES.find(
      (volume) =>
        acceptedIops(volume, provisions) >= load.iops &&
        volume.bytes_per_s.value >= load.bytes_per_s,
    ) ?? null
  )
}

/** Operations per second that a volume accepts at most. */
export function acceptedIops({ iops, most_iops }: Volume, provisions: boolean): number {
  return (provisions ? most_iops : iops).value
}
