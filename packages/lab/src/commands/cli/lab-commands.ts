import type { Command } from 'commander'
import { addApi } from './api.ts'
import { addCheck } from './check.ts'
import { addCompare } from './compare.ts'
import { addConsistency } from './consistency.ts'
import { addExport } from './export.ts'
import { addImport } from './import.ts'
import { addLive } from './live.ts'
import { addMerge } from './merge.ts'
import { addPerf } from './perf.ts'
import { addReport } from './report.ts'
import { createRun } from './run.ts'

/**
 * Adds the commands of the lab. The code of a command is loaded when it runs.
 *
 * @param explainMissing see `createRun`
 */
export function addLabCommands(
  program: Command,
  explainMissing: (error: unknown) => string | undefined = () => undefined,
): void {
  const run = createRun(explainMissing)
  for (const add of [
    addPerf,
    addMerge,
    addExport,
    addImport,
    addConsistency,
    addCheck,
    addCompare,
    addReport,
    addApi,
    addLive,
  ])
    add(program, run)
}
