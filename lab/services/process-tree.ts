import { readdir, readFile } from 'node:fs/promises'

/** Resources of a group of processes. */
export interface ProcessUse {
  /** CPU seconds since their start, user and system. */
  readonly cpu_s: number
  /** Private memory plus a proportional share of shared memory (PSS), bytes. */
  readonly memory_bytes: number
}

/** Kernel ticks per second: 100 on every platform that Node runs Linux on. */
const TICKS = 100

/**
 * Total resources of the descendants of a process: the database that a service started. CPU time of ended descendants is
 * counted with their parents.
 *
 * @param more daemons that are no descendants any more; they are included, with their descendants
 * @returns `null` without /proc (not Linux), or without such processes
 */
export async function useOfDescendants(
  pid: number,
  more: readonly number[] = [],
): Promise<ProcessUse | null> {
  const processes = await readProcesses()
  if (processes === null) return null
  const below = (parent: number): Process[] =>
    processes
      .filter((process) => process.parent === parent)
      .flatMap((process) => [process, ...below(process.pid)])
  const roots = processes.filter((process) => more.includes(process.pid))
  const all = [...below(pid), ...roots.flatMap((root) => [root, ...below(root.pid)])]
  const found = [...new Map(all.map((process) => [process.pid, process])).values()]
  if (found.length === 0) return null
  const memory = await Promise.all(found.map((process) => memoryOf(process.pid)))
  return {
    cpu_s: found.reduce((sum, process) => sum + process.ticks, 0) / TICKS,
    memory_bytes: memory.reduce((sum, bytes) => sum + bytes, 0),
  }
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
}

async function readProcesses(): Promise<Process[] | null> {
  const names = await readdir('/proc').catch(() => null)
  if (names === null) return null
  const stats = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      // A process can end between readdir and readFile.
      .map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')),
  )
  return stats.flatMap((stat) => parseStat(stat) ?? [])
}

/** See proc_pid_stat(5). The name in parentheses may contain spaces and parentheses. */
function parseStat(stat: string): Process | null {
  const end = stat.lastIndexOf(')')
  if (end < 0) return null
  const fields = stat.slice(end + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return {
    pid: Number.parseInt(stat, 10),
    parent: field(4),
    ticks: field(14) + field(15) + field(16) + field(17),
  }
}

/** 0 for processes of other users, which may not be read. */
async function memoryOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const kib = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]
  return kib === undefined ? 0 : Number(kib) * 1024
}
