import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startEmbeddedTargets } from '../compare/embedded-targets.ts'
import { describeRun } from '../compare/environment.ts'
import { type Measurements, measure } from '../compare/measure.ts'
import { UnreachableError } from '../compare/probe.ts'
import {
  prepareResults,
  REPORT_FILE,
  writePartialResults,
  writeResults,
} from '../compare/results-folder.ts'
import { ServiceStartError } from '../compare/service-process.ts'
import { openUrls, type Target } from '../compare/target.ts'
import { DEFAULT_CLIENTS } from '../consistency/customary.ts'
import { UsageError } from '../http/usage-error.ts'
import { renderTerminal } from '../report/terminal.ts'
import { DEFAULT_SEED } from '../workload/customary-perf.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { requireInteger } from './measured-run.ts'
import { OutputError, prepareOutput } from './output-file.ts'
import { createProgress } from './progress.ts'

export interface CompareCommandOptions {
  /** Two running deployments; without them three are started, each with its embedded database. */
  readonly a?: string | undefined
  readonly b?: string | undefined
  /** What to call them; by default what they say of themselves at /health, else A and B. */
  readonly labelA?: string | undefined
  readonly labelB?: string | undefined
  /** Folder for the results; `results/compare-<time>` when left out. */
  readonly output?: string | undefined
  readonly iterations?: number | undefined
  readonly clients?: number | undefined
  readonly seed?: number | undefined
  /** See `MeasureOptions`. */
  readonly timeLimitMs?: number | undefined
  /** Stands in for `cli.ts` when services are started. */
  readonly program?: string | undefined
}

const DEFAULT_ITERATIONS = 10

/**
 * `pushcart compare`: both tests on two deployments or on both embedded databases, and a folder with every
 * record and the report.
 *
 * @returns the exit code: checkFailed when an operation failed or something acknowledged was lost or
 *   doubled, invalidRun when the run was cut off or a side could not be reached or started, usage for bad options
 */
export async function compareCommand(
  options: CompareCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const startedAt = new Date().toISOString()
  const settings = {
    ...options,
    output: options.output ?? join('results', `compare-${startedAt.replace(/[:.]/g, '-')}`),
    iterations: options.iterations ?? DEFAULT_ITERATIONS,
    clients: options.clients ?? DEFAULT_CLIENTS,
    seed: options.seed ?? DEFAULT_SEED,
    startedAt,
  }
  try {
    requireInteger('iterations', settings.iterations, 1, 100_000)
    requireInteger('clients', settings.clients, 1, 1000)
    requireInteger('seed', settings.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    const urls = namedUrls(options)
    if (urls !== null) return await compare(await openUrls(urls, io.signal), settings, io)
    await prepareOutput(join(settings.output, REPORT_FILE))
    io.err('starting PostgreSQL and two DynamoDB services, each with its embedded database ...')
    await using embedded = await startEmbeddedTargets(io.signal, options.program)
    return await compare(embedded.targets, settings, io)
  } catch (error) {
    // A run that wrote nothing leaves no folder of its own behind; this fails where there is something in it.
    if (options.output === undefined) await rmdir(settings.output).catch(() => {})
    return explain(error, io)
  }
}

/** The two services that the user named; `null` for none. */
function namedUrls({ a, b, labelA, labelB }: CompareCommandOptions) {
  if (a !== undefined && b !== undefined)
    return [
      { url: a, label: labelA },
      { url: b, label: labelB },
    ] as const
  if (a !== undefined || b !== undefined)
    throw new UsageError('give both --a and --b, or neither to start the embedded databases')
  if (labelA !== undefined || labelB !== undefined)
    throw new UsageError('--label-a and --label-b name the services of --a and --b')
  return null
}

interface Settings extends CompareCommandOptions {
  readonly output: string
  readonly iterations: number
  readonly clients: number
  readonly seed: number
  readonly startedAt: string
}

async function compare(
  targets: readonly Target[],
  settings: Settings,
  io: CommandIo,
): Promise<ExitCode> {
  const sides = targets.map(({ side }) => side)
  await prepareResults(settings.output, sides)
  const progress = createProgress(io, 'compare')
  const measurements = await measure(targets, {
    ...settings,
    signal: io.signal,
    onProgress: progress.update,
  })
  progress.clear()
  const environment = describeRun(settings, sides)
  const { output } = settings
  if (measurements.cutOff !== null) {
    await writePartialResults(output, environment, measurements)
    io.err(`${measurements.cutOff}: what was measured until then is in ${output}/*.partial.json`)
    return EXIT.invalidRun
  }
  const model = await writeResults(output, environment, measurements)
  for (const line of renderTerminal(model)) io.out(line)
  io.out('')
  io.out(`Report: ${pathToFileURL(join(output, REPORT_FILE)).href}`)
  return judge(measurements, io)
}

function judge({ combined, consistency }: Measurements, io: CommandIo): ExitCode {
  const operations = combined.filter(({ success }) => !success).length
  const scenarios = consistency.filter(({ success }) => !success).length
  if (operations > 0) io.err(`failed: ${operations} of ${combined.length} operations`)
  if (scenarios > 0) io.err(`failed: ${scenarios} of ${consistency.length} consistency scenarios`)
  return operations + scenarios > 0 ? EXIT.checkFailed : EXIT.good
}

function explain(error: unknown, io: CommandIo): ExitCode {
  if (io.signal?.aborted && !(error instanceof OutputError)) {
    io.err('interrupted before anything was measured')
    return EXIT.invalidRun
  }
  if (error instanceof UsageError) {
    io.err(`error: ${error.message}`)
    return EXIT.usage
  }
  const known = [UnreachableError, ServiceStartError, OutputError]
  // A failed system call has one line of its own: no temporary folder, no memory for a process.
  if (
    error instanceof Error &&
    (known.some((kind) => error instanceof kind) || 'syscall' in error)
  ) {
    io.err(`error: ${error.message}`)
    return EXIT.invalidRun
  }
  throw error
}
