import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import os from 'node:os'
import { QUICK_OPERATIONS } from '../quick/quick-perf.ts'
import { quickStream } from '../quick/quick-stream.ts'
import type { Side } from './side.ts'

/** Content of `environment.json`: everything about a comparison that its records do not say. */
export interface Environment {
  /** When the comparison began, ISO 8601 UTC. */
  readonly started_at: string
  readonly pushcart_version: string
  /** The command that runs it again, as it is typed. */
  readonly command: string
  /** The same seed gives the same operations. */
  readonly seed: number
  /** SHA-256 of the operations that every side was given, as JSON. */
  readonly stream_sha256: string
  /** Measured operations per side. */
  readonly operations: number
  /** Operations per side before the measured ones, whose times were thrown away. */
  readonly warm_up_operations: number
  readonly consistency_iterations: number
  readonly concurrent_clients: number
  readonly machine: Machine
  /** The first is compared with each of the others, in this order. */
  readonly sides: readonly Side[]
}

export interface Machine {
  readonly system: string
  readonly cpu: string
  readonly cores: number
  readonly memory_gib: number
  readonly node: string
}

/** What the user asked for, defaults filled in. */
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

/** Version of this package, or of one it has installed; `null` when it is not there. */
export function packageVersion(name?: string): string | null {
  try {
    const path = findPackageJSON(name ?? '..', import.meta.url)
    if (path === undefined) return null
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}
