import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type CommandResult, runCommand } from '../../src/commands/run-command.ts'
import { partialName } from '../../src/results/output-file.ts'
import type { CommandIo } from '../../src/terminal/io.ts'

/** A terminal that records what was printed. */
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

/** Runs a command on such a terminal. */
export async function runRecorded(
  command: (io: CommandIo) => Promise<CommandResult>,
  {
    json = false,
    signal,
  }: { readonly json?: boolean; readonly signal?: AbortSignal | undefined } = {},
) {
  const io = recordingIo(signal)
  const code = await runCommand(io, json, () => command(io))
  return { code, io, stdout: io.stdout, stderr: io.stderr }
}

/** A temporary folder, removed at the end of the test. */
export async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-commands-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** The records of a complete run, or else those of an interrupted run. */
export async function readRecords(path: string): Promise<Record<string, unknown>[]> {
  return JSON.parse(await readFile(existsSync(path) ? path : partialName(path), 'utf8'))
}
