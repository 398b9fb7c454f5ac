#!/usr/bin/env node
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { ConfigError } from './config-error.ts'
import { explainStartFailure } from './explain-failure.ts'
import { type RunOptions, runService } from './run-service.ts'

/**
 * The service as an executable of its own, without the lab's commands: what a process manager or the lab starts. Takes
 * the options of `pushcart serve` and exits with the same codes.
 */
try {
  await runService(optionsOf(process.argv.slice(2)))
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  const { line, exitCode } = explainStartFailure(error) ?? { line: message, exitCode: 1 }
  process.stderr.write(`pushcart: ${line}\n`)
  process.exitCode = exitCode
}

/** @throws ConfigError for an unknown option or a bad value */
function optionsOf(args: string[]): RunOptions {
  const { values } = parsed(args)
  const { embedded, migrate, 'data-dir': dataDir, workers } = values
  return { embedded, migrate, dataDir, ...(workers !== undefined && { workers: countOf(workers) }) }
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        embedded: { type: 'boolean', default: false },
        migrate: { type: 'boolean', default: false },
        'data-dir': { type: 'string', default: '.pushcart' },
        workers: { type: 'string' },
      },
    })
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

function countOf(workers: string): number {
  const count = workers === 'auto' ? availableParallelism() : Number(workers)
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return count
  throw new ConfigError(`--workers must be auto or an integer from 1 to 1024 (got ${workers})`)
}
