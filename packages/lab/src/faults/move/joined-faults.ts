import type { FaultPlan } from '../fault-plan.ts'
import type { Clock, Faults } from '../faults.ts'

/** Faults as the recorder needs them. */
export interface RecordedFaults {
  readonly plan: Pick<FaultPlan, 'faults' | 'windows'>
  begin(clock: Clock): void
  end(): void
  during(from: number, to: number): string[]
}

/** The faults of several proxies as one. A fault that more than one of them injects has one name. */
export function joinFaults(all: readonly Faults[]): RecordedFaults {
  const windows = all.flatMap(({ plan }) => plan.windows).sort((a, b) => a.from_ms - b.from_ms)
  return {
    plan: { faults: [...new Set(all.flatMap(({ plan }) => plan.faults))], windows },
    begin(clock) {
      for (const faults of all) faults.begin(clock)
    },
    end() {
      for (const faults of all) faults.end()
    },
    during: (from, to) => [...new Set(all.flatMap((faults) => faults.during(from, to)))].sort(),
  }
}
