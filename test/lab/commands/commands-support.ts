import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CommandIo } from '../../../lab/terminal/io.ts'

/** A stand-in for a terminal that remembers what was printed. */
export function recordingIo(
  signal?: AbortSignal,
): CommandIo & { stdout: string[]; stderr: string[] } {
  const stdout: string[] = []
  const stderr: string[] = []
  return {
    stdout,
    stderr,
    out: (line) => void stdout.push(line),
    err: (line) => void stderr.push(line),
    signal,
  }
}

/** A folder of the test's own, removed when it ends. */
export async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-commands-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

export async function readRecords(path: string): Promise<Record<string, unknown>[]> {
  return JSON.parse(await readFile(path, 'utf8'))
}
