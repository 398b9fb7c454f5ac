import type { DynamoParameters, Units } from './parameters.ts'

/** What a new on-demand table takes at once (Amazon DynamoDB Developer Guide, on-demand capacity mode). */
const NEW_TABLE: Units = { write: 4000, read: 12_000 }
/** Seconds of unused throughput that are kept for bursts. */
const BURST_S = 300

/**
 * What an on-demand table as a whole lets through: twice the previous peak, what it was warmed for, or a new table's, whichever is
 * most; beyond that what it saved in the last 300 s. Consumption counts as the previous peak once `growth_s` have passed.
 *
 * @param usual units a second that the table has long been used to
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
    /** Without bursts; the quota is looked at apart. */
    get allowed(): Units {
      return { write: allowed('write'), read: allowed('read') }
    },
    /** Moves on by a slot and returns the share of the asked units that is let through, 0-1. */
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

export type TableThroughput = ReturnType<typeof createTableThroughput>
