import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import os from 'node:os'
import type { Machine } from './environment.ts'

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
