import type { EventParser } from '../events/event.ts'
import { readEvents } from '../events/read-events.ts'
import { type KeyValueOperation, keyValue, parseKeyValue } from '../models/key-value.ts'
import { parseRegister, type RegisterOperation, register } from '../models/register.ts'
import {
  checkLinearizable,
  type LinearizabilityResult,
  type PartitionResult,
} from '../search/check-linearizable.ts'
import type { Model } from '../search/model.ts'
import type { CheckFile } from './file-result.ts'

type ModelOperation = RegisterOperation | KeyValueOperation

/** Checks a file of events of registers. */
export const checkRegisterFile = checkEvents(register(), parseRegister)

/** Checks a file of events of a key-value store. */
export const checkKeyValueFile = checkEvents(keyValue, parseKeyValue)

const VERDICTS = { ok: 'holds', illegal: 'violated', unknown: 'unknown' } as const

function checkEvents<State, Operation extends ModelOperation>(
  model: Model<State, Operation>,
  parse: EventParser<Operation>,
): CheckFile {
  return async (path, limits) => {
    const result = checkLinearizable(await readEvents(path, parse), model, { limits })
    return { verdict: VERDICTS[result.verdict], lines: linesOf(result), result }
  }
}

function linesOf({ verdict, partitions }: LinearizabilityResult<ModelOperation>): string[] {
  const width = Math.max(...partitions.map(({ partition }) => nameOf(partition).length))
  return [...partitions.flatMap((part) => partitionLines(part, width)), `verdict: ${verdict}`]
}

function partitionLines(
  { partition, verdict, operations, counterexample }: PartitionResult<ModelOperation>,
  width: number,
): string[] {
  const head = `${nameOf(partition).padEnd(width)}  ${verdict.padEnd(7)}  ${operations} operations`
  if (verdict === 'unknown') return [`${head}: the search reached its limit`]
  if (verdict === 'ok') return [head]
  const few = counterexample.length
  return [
    head,
    few === 1
      ? '  No order of the invoked operations explains this response:'
      : `  No order of these ${few} operations is legal, whatever else happened:`,
    ...counterexample.map((one) => `    ${describe(one)}`),
  ]
}

function nameOf(partition: string): string {
  return partition === '' ? 'register' : partition
}

function describe({ process = '', f, value, call, end }: ModelOperation): string {
  return `process ${process}: ${f} ${JSON.stringify(value)} (invoked in line ${call}, completed in line ${end})`
}
