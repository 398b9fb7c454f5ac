import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import os from 'node:os'
import { QUICK_OPERATIONS } from '../quick/quick-perf.ts'
import { quickStream } from '../quick/quick-stream.ts'
import type { Environment, Machine } from '../results/environment.ts'
import type { Side } from './side.ts'

/** The options of a comparison, with defaults applied. */
export interface RunSettings {
  readonly iterations: number
  readonly clients: number
  readonly seed: number
  readonly startedAt: string
  readonly command: string
}

export function describeRun(settings: RunSettings, sides: readonly Side[]): Environment {
  const { seed, iterations, clients, startedAt, command } = settings
  const stream = JSON.stringify(quickStream(seed))
  return {
    started_at: startedAt,
    pushcart_version: packageVersion() ?? 'unknown',
    command,
    seed,
    stream_sha256: createHash('sha256').update(stream).digest('hex'),
    operations: QUICK_OPERATIONS,
    warm_up_operations: QUICK_OPERATIONS,
    consistency_iterations: iterations,
    concurrent_clients: clients,
    machine: describeMachine(),
    sides,
  }
}

/** The machine this process runs on. */
export function describeMachine(): Machine {
  return {
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model.trim().replace(/\s+/g, ' ') || 'unknown processor',
    cores: os.availableParallelism(),
    memory_gib: Math.round((os.totalmem() / 2 ** 30) * 10) / 10,
    node: process.version,
  }
}

/** Version of this package or of an installed one; `null` if it is not installed. */
export function packageVersion(name?: string): string | null {
  try {
    const path = findPackageJSON(name ?? '..', import.meta.url)
    if (path === undefined) return null
    const { version }: { version?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}
