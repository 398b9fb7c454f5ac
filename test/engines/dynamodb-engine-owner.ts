import { startDynamoEngine } from '../../src/engines/dynamodb-engine.ts'

/** The test runs this as a process: it owns an engine, ignores Ctrl-C and waits to be killed. */
const [dataDir = ''] = process.argv.slice(2)
process.on('SIGINT', () => process.send?.('SIGINT'))
const { settings } = await startDynamoEngine({ dataDir })
process.send?.(settings)
