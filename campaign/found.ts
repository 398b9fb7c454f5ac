/** What one part of the campaign found. `null`: not applicable, or not known. */
export interface Found {
  /** Name on the command line. */
  readonly name: string
  readonly store: string
  readonly fault: string
  /** How many times the fault was injected. */
  readonly times: number
  /** Acknowledged changes. */
  readonly acknowledged: number | null
  /** Carts whose contents at the end are known, and the acknowledged units that they had to show. */
  readonly carts: number | null
  readonly units: number | null
  /** Acknowledged units that the last reads did not show. */
  readonly lost: number | null
  /** Units beyond all that was requested. */
  readonly doubled: number | null
  /** Violations of promised guarantees by reads and changes. */
  readonly wrong: number | null
  /** Responses with status 500 and above by error code; `no response`: the connection failed. */
  readonly failures: Readonly<Record<string, number>>
  /** From the end of each fault (or kill) to the first successful read, milliseconds. */
  readonly recoveries_ms: readonly number[]
  /** Maximum memory of the processes of the service, bytes. */
  readonly memory_bytes: number | null
  /** The sum of their memory at moments of a long load. */
  readonly memory_over_time?: readonly { readonly second: number; readonly bytes: number }[]
  /** Maximum number of file descriptors of one process of the service. */
  readonly descriptors: number | null
  readonly checks: readonly Check[]
  /** Why this part could not be run. */
  readonly skipped?: string | undefined
}

/** One criterion. `null`: this run cannot decide it. */
export interface Check {
  readonly criterion: string
  readonly measured: string
  readonly passed: boolean | null
}

export type Outcome = 'passed' | 'failed' | 'inconclusive'

/** Failed if anything was lost, doubled or read wrongly, or a check failed. */
export function outcomeOf({ lost, doubled, wrong, checks, skipped }: Found): Outcome {
  const bad = [lost, doubled, wrong].some((count) => count !== null && count > 0)
  if (bad || checks.some(({ passed }) => passed === false)) return 'failed'
  return skipped !== undefined || checks.some(({ passed }) => passed === null)
    ? 'inconclusive'
    : 'passed'
}

/** Adds counts by error code. */
export function sumOf(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const [code, count] of all.flatMap((one) => Object.entries(one)))
    total[code] = (total[code] ?? 0) + count
  return total
}

/** A part that was not run, and why. */
export function skipped(name: string, store: string, fault: string, why: string): Found {
  return {
    name,
    store,
    fault,
    times: 0,
    acknowledged: null,
    carts: null,
    units: null,
    lost: null,
    doubled: null,
    wrong: null,
    failures: {},
    recoveries_ms: [],
    memory_bytes: null,
    descriptors: null,
    checks: [],
    skipped: why,
  }
}
