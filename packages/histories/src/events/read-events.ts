import { DamagedHistory } from '../history/damaged-history.ts'
import { BadField, type Fields, oneOf } from '../history/fields.ts'
import { type LineTaker, readFileLines, readTextLines } from '../history/ndjson.ts'
import type { Span } from '../search/model.ts'
import { type EventParser, nameOf } from './event.ts'

/**
 * Reads a file of events as Jepsen records them, one JSON object per line. Operations of type `fail` are left out,
 * because they certainly did not happen; the response of an operation of type `info`, or without a completion, was lost.
 * Rejects with DamagedHistory, or with the error of the file system.
 *
 * @param parse of the model, such as `parseRegister`
 */
export function readEvents<Operation extends Span>(
  path: string,
  parse: EventParser<Operation>,
): Promise<Operation[]> {
  return readFileLines(path, createTaker(parse))
}

/** The same for the text of a file; throws DamagedHistory. */
export function parseEvents<Operation extends Span>(
  text: string,
  parse: EventParser<Operation>,
): Operation[] {
  return readTextLines(text, createTaker(parse))
}

interface Invocation {
  readonly fields: Fields
  readonly line: number
}

/** Jepsen records its own faults under this process. */
const NEMESIS = 'nemesis'

function createTaker<Operation extends Span>(
  parse: EventParser<Operation>,
): LineTaker<Operation[]> {
  const operations: Operation[] = []
  const open = new Map<string, Invocation>()
  let lines = 0

  function add(process: string, { fields, line }: Invocation, end: number, completion?: Fields) {
    operations.push(parse({ process, invocation: fields, call: line, end, completion }))
  }

  function complete(process: string, type: 'ok' | 'fail' | 'info', fields: Fields, line: number) {
    const invocation = open.get(process)
    if (invocation === undefined) throw new BadField(`process ${process} has invoked nothing`)
    if (fields.f !== undefined && fields.f !== invocation.fields.f)
      throw new BadField(`process ${process} has invoked ${String(invocation.fields.f)}`)
    open.delete(process)
    if (type === 'ok') add(process, invocation, line, fields)
    else if (type === 'info') add(process, invocation, Infinity)
  }

  return {
    take(fields, line) {
      lines = line
      const process = nameOf(fields, 'process')
      if (process === NEMESIS) return
      const type = oneOf(fields, 'type', ['invoke', 'ok', 'fail', 'info'])
      if (type !== 'invoke') complete(process, type, fields, line)
      else if (open.has(process))
        throw new BadField(`process ${process} invokes an operation before the previous one ends`)
      else open.set(process, { fields, line })
    },
    end() {
      if (lines === 0) throw new DamagedHistory(1, 'the file is empty')
      for (const [process, invocation] of open) {
        try {
          add(process, invocation, Infinity)
        } catch (error) {
          throw error instanceof BadField
            ? new DamagedHistory(invocation.line, error.message)
            : error
        }
      }
      return operations
    },
  }
}
