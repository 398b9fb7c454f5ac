/**
 * Checks of recorded histories of concurrent services. Node alone, no dependencies.
 *
 * - `checkLinearizable(operations, model)` checks a history of any object that a `Model` specifies.
 * - `checkHistory(history)` and `checkHistoryOnAllCores(history)` check a history of a cart service for nine guarantees.
 *
 * Results are plain data: JSON.stringify takes them as they are.
 */
export { checkHistoryOnAllCores } from './check/all-cores.ts'
export type { Balance } from './check/balance.ts'
export { checkHistory } from './check/check-history.ts'
export { COVERAGE_NEEDED, type CoverageNeeded } from './check/coverage.ts'
export { type CheckOptions, DEFAULT_PROMISES, type Promises } from './check/options.ts'
export * from './check/report.ts'
export type { EventParser, RecordedEvent } from './events/event.ts'
export { parseEvents, readEvents } from './events/read-events.ts'
export { DamagedHistory } from './history/damaged-history.ts'
export * from './history/operation.ts'
export { parseHistory, readHistory } from './history/read-history.ts'
export {
  formatHistory,
  formatLine,
  type HistoryWriter,
  writeHistory,
} from './history/write-history.ts'
export { type KeyValueOperation, keyValue, parseKeyValue } from './models/key-value.ts'
export { parseRegister, type RegisterOperation, register } from './models/register.ts'
export type { Value } from './models/value.ts'
export {
  checkLinearizable,
  type LinearizabilityOptions,
  type LinearizabilityResult,
  type LinearizabilityVerdict,
  type PartitionResult,
} from './search/check-linearizable.ts'
export type { Lookahead, Model, Span } from './search/model.ts'
export { DEFAULT_LIMITS, type SearchLimits } from './search/search.ts'
