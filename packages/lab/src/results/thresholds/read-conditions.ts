import { readTextFile } from '../../errors/file-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { type Condition, parseCondition } from './parse.ts'

/**
 * The conditions of one `--fail-if`: the condition itself, or `@FILE` with one condition per line. Empty lines and lines
 * that begin with `#` are ignored.
 *
 * @throws UsageError in one line, with the line number for a file
 */
export function readConditions(option: string): Condition[] {
  if (!option.startsWith('@')) return [parseCondition(option)]
  const path = option.slice(1)
  const lines = readTextFile(path, `fail-if: ${path}`).split(/\r?\n/)
  const conditions = lines.flatMap((line, index) => {
    const text = line.trim()
    return text === '' || text.startsWith('#') ? [] : [parseLine(text, `${path}:${index + 1}`)]
  })
  if (conditions.length === 0) throw new UsageError(`fail-if: no conditions in ${path}`)
  return conditions
}

function parseLine(text: string, place: string): Condition {
  try {
    return parseCondition(text)
  } catch (error) {
    throw error instanceof UsageError
      ? new UsageError(`fail-if: ${place}: ${error.message}`)
      : error
  }
}
