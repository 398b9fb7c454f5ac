import { readdir, readFile } from 'node:fs/promises'

/** What some processes have used, and hold now. */
export interface ProcessUse {
  /** CPU seconds since each began, user and system. */
  readonly cpu_s: number
  /** Memory that is theirs alone plus their share of what they have in common (PSS), bytes. */
  readonly memory_bytes: number
}

/** Kernel ticks per second: 100 on every platform that Node runs Linux on. */
const TICKS = 100

/**
 * What the descendants of a process use together, without itself: the database that a service started. Those that have
 * ended and been waited for are counted with their parent.
 *
 * @param more processes that do not descend from it any more, as a server that became a daemon; they count themselves, too
 * @returns `null` where there is no /proc to read (not Linux), or no such process
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
      // A process can end between being listed and being read.
      .map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')),
  )
  return stats.flatMap((stat) => parseStat(stat) ?? [])
}

/** See proc_pid_stat(5). The name in parentheses may hold spaces and parentheses of its own. */
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

/** 0 where it may not be read: the processes of another user. */
async function memoryOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const kib = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]
  return kib === undefined ? 0 : Number(kib) * 1024
}
