import { startDynamoEngine } from '../../src/engines/dynamodb-engine.ts'

/** Run as a process by the test: owns an engine and waits to be killed, deaf to Ctrl-C. */
const [dataDir = ''] = process.argv.slice(2)
process.on('SIGINT', () => process.send?.('SIGINT'))
const { settings } = await startDynamoEngine({ dataDir })
process.send?.(settings)
