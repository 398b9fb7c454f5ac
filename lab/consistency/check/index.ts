/**
 * Checks of a recorded history of a cart service, as a module of its own: it needs Node and `lab/history`, and
 * imports nothing of any service.
 *
 * - `checkHistory(history, options?)` makes every check that the history allows, on this thread.
 * - `checkHistoryOnAllCores(history, options?)` gives the same report, sooner where there are many carts.
 *
 * Both are pure functions of the history, but for the time limit of the searches (`options.limits.ms`), and give a
 * `Report` of plain data: JSON.stringify takes it as it is.
 */
export { checkHistoryOnAllCores } from './all-cores.ts'
export { checkHistory } from './check-history.ts'
export { EVIDENCE_NEEDED, type EvidenceNeeded } from './evidence.ts'
export type { SearchLimits } from './linearizable.ts'
export { type CheckOptions, DEFAULT_LIMITS, DEFAULT_PROMISES, type Promises } from './options.ts'
export * from './report.ts'
