import { readFile } from 'node:fs/promises'
import { InvalidRun } from '../invalid-run.ts'

/** Linux counts CPU time in hundredths of a second on every architecture that Node supports. */
const TICK_MS = 10

/** CPU time of a process and all its threads so far, milliseconds. Linux only. */
export async function cpuMs(pid: number): Promise<number> {
  const text = await readProc(pid, 'stat')
  // The second field, the name of the program, may contain spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Resident memory of a process, MiB. Linux only. */
export async function residentMiB(pid: number): Promise<number> {
  const text = await readProc(pid, 'status')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) / 1024
}

async function readProc(pid: number, file: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    throw new InvalidRun(
      process.platform === 'linux'
        ? 'the measured process has ended'
        : 'CPU and memory of a process are read from /proc, which exists on Linux only',
    )
  }
}
