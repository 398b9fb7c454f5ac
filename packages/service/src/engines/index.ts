/** The embedded databases: for one service, one comparison, or one test run. */
export { startDynamoEngine } from './dynamodb-engine.ts'
export { type Engine, EngineError, type WatchedEngine } from './engine.ts'
export { startPostgresEngine } from './postgres-engine.ts'
