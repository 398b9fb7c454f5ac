import type { DynamoParameters, Units } from './parameters.ts'

/** Initial throughput of a new on-demand table (Amazon DynamoDB Developer Guide, on-demand capacity mode). */
const NEW_TABLE: Units = { write: 4000, read: 12_000 }
/** Seconds of unused throughput available for bursts. */
const BURST_S = 300

/**
 * The throughput of an on-demand table as a whole: the maximum of twice the previous peak, the pre-warmed throughput, and
 * that of a new table; in addition, bursts of what was unused in the last 300 s. Consumption counts as the previous peak
 * after `growth_s`.
 *
 * @param usual units per second to which the table had adapted before the simulation starts
 */
export function createTableThroughput(table: DynamoParameters, usual: Units) {
  let previous = usual
  let current = usual
  let windowEnds = table.growth_s
  let now = 0
  const saved = { write: 0, read: 0 }

  const allowed = (side: 'write' | 'read') =>
    Math.max(2 * previous[side], NEW_TABLE[side], table.warm?.[side] ?? 0)

  return {
    /** Without bursts and regardless of the quota. */
    get allowed(): Units {
      return { write: allowed('write'), read: allowed('read') }
    },
    /** Advances by one slot. Returns the share of the requested units that is served, 0-1, and whether the quota limits it. */
    step(asked: Units, seconds: number): { readonly share: number; readonly quota: boolean } {
      now += seconds
      const shares = (['write', 'read'] as const).map((side) => {
        const most = table.quota?.[side] ?? Infinity
        const open = Math.min(most, allowed(side))
        const give = Math.min(most, open + saved[side] / seconds)
        const share = asked[side] <= give ? 1 : give / asked[side]
        return { side, share, quota: share < 1 && give === most, used: asked[side] * share, open }
      })
      const share = Math.min(...shares.map((side) => side.share))
      for (const { side, used, open } of shares) {
        const taken = asked[side] * share
        saved[side] = Math.min(
          BURST_S * open,
          Math.max(0, saved[side] + (open - Math.min(taken, used)) * seconds),
        )
        current = { ...current, [side]: Math.max(current[side], taken) }
      }
      if (now >= windowEnds) {
        previous = current
        windowEnds += table.growth_s
      }
      return { share, quota: shares.some(({ quota, share: own }) => quota && own === share) }
    },
  }
}
