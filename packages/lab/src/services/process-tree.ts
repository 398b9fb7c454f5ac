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
  const found = await descendantsOf(pid, more)
  if (found.length === 0) return null
  const memory = await Promise.all(found.map((process) => memoryOf(process.pid)))
  return {
    cpu_s: cpuOf(found),
    memory_bytes: memory.reduce((sum, bytes) => sum + bytes, 0),
  }
}

/**
 * CPU seconds of the same processes. Reading their memory makes the kernel walk over their page tables, which costs three
 * times as much as this.
 */
export async function cpuOfDescendants(
  pid: number,
  more: readonly number[] = [],
): Promise<number | null> {
  const found = await descendantsOf(pid, more)
  return found.length === 0 ? null : cpuOf(found)
}

/** CPU seconds of one process, without descendants that still run; `null` without /proc, or without the process. */
export async function cpuOfProcess(pid: number): Promise<number | null> {
  const found = await withoutEnded([pid])
  return found.length === 0 ? null : cpuOf(found)
}

function cpuOf(processes: readonly Process[]): number {
  return processes.reduce((sum, process) => sum + process.ticks, 0) / TICKS
}

async function descendantsOf(pid: number, more: readonly number[]): Promise<readonly Process[]> {
  const found = new Map<number, Process>()
  let level = await withoutEnded(more)
  const below = await childrenOf(pid)
  if (below === null) return descendantsAmongAll(pid, more)
  level.push(...(await withoutEnded(below)))
  while (level.length > 0) {
    const unknown = level.filter((process) => !found.has(process.pid))
    for (const process of unknown) found.set(process.pid, process)
    const pids = await Promise.all(unknown.map((process) => childrenOf(process.pid)))
    level = await withoutEnded(pids.flatMap((children) => children ?? []))
  }
  return [...found.values()]
}

/** `null` where the kernel does not list the children of a process (CONFIG_PROC_CHILDREN), or the process has ended. */
async function childrenOf(pid: number): Promise<number[] | null> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => null)
  if (threads === null) return null
  const lists = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => null),
    ),
  )
  if (lists.every((list) => list === null)) return null
  return lists.flatMap((list) => list?.match(/\d+/g) ?? []).map(Number)
}

/** For kernels that do not list children: all processes of the machine, by their parents. */
async function descendantsAmongAll(pid: number, more: readonly number[]): Promise<Process[]> {
  const names = await readdir('/proc').catch(() => [])
  const processes = await withoutEnded(names.filter((name) => /^\d+$/.test(name)))
  const below = (parent: number): Process[] =>
    processes
      .filter((process) => process.parent === parent)
      .flatMap((process) => [process, ...below(process.pid)])
  const roots = processes.filter((process) => more.includes(process.pid))
  const all = [...below(pid), ...roots.flatMap((root) => [root, ...below(root.pid)])]
  return [...new Map(all.map((process) => [process.pid, process])).values()]
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
}

async function withoutEnded(pids: readonly (number | string)[]): Promise<Process[]> {
  const stats = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
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
