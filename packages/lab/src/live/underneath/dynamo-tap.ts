import type { DynamoExchange } from '../../faults/dynamo-proxy.ts'
import type { StatementLog } from './statement-log.ts'

const WRITES = /^(Put|Update|Delete|Transact|BatchWrite)/

/** Notes the requests to DynamoDB while somebody looks. */
export function tapDynamo(log: StatementLog): (exchange: DynamoExchange) => void {
  return ({ operation, input, answer, ms }) => {
    if (!log.isOpen()) return
    const output = parse(answer.body)
    const units = unitsIn(output.ConsumedCapacity)
    const writes = WRITES.test(operation)
    const { TableName: _, ReturnConsumedCapacity: __, ...shown } = input
    const failure = typeof output.__type === 'string' ? output.__type.replace(/^.*#/, '') : null
    log.note({
      text: operation,
      input: JSON.stringify(shown, null, 1),
      ms,
      rows: null,
      read_units: writes ? null : units,
      write_units: writes ? units : null,
      error: answer.status === 200 ? null : (failure ?? `HTTP ${answer.status}`),
    })
  }
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString() || '{}')
  } catch {
    return {}
  }
}

function unitsIn(consumed: unknown): number | null {
  const list = Array.isArray(consumed) ? consumed : consumed === undefined ? [] : [consumed]
  const units = list.map((one) => Number((one as { CapacityUnits?: unknown }).CapacityUnits ?? 0))
  return units.length === 0 ? null : units.reduce((sum, one) => sum + one, 0)
}
