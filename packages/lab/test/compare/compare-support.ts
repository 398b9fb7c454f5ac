import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { answering, type Misbehaviour } from '../../../../test/support/fake-cart-service.ts'
import { RESULTS_FILE } from '../../src/results/comparison-file.ts'
import { readComparison } from '../../src/results/comparison-text.ts'
import type { Environment } from '../../src/results/environment.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../../src/results/records.ts'
import { checkFigures } from '../report/check-figures.ts'
import { recomputeDecision } from '../report/recompute-decision.ts'

/** Responds to `/health` with a description, and to other requests as `otherwise` does. */
export function describingItself(
  health: object,
  otherwise: Misbehaviour = () => 'proper',
): Misbehaviour {
  const answer = answering(200, JSON.stringify(health))
  return (moment) => (moment.seen.path === '/health' ? answer(moment) : otherwise(moment))
}

/** A signal that aborts at a request of a service that otherwise behaves. */
export function interruptAt(request: number) {
  const interrupt = new AbortController()
  const misbehave: Misbehaviour = ({ count }) => {
    if (count === request) interrupt.abort()
    return 'proper'
  }
  return { signal: interrupt.signal, misbehave }
}

export async function readJson<T>(folder: string, name: string): Promise<T> {
  return JSON.parse(await readFile(join(folder, name), 'utf8'))
}

/** Reads the files of a comparison, and recomputes every figure of its report. */
export async function readAndCheck(folder: string) {
  const environment = await readJson<Environment>(folder, 'environment.json')
  const combined = await readJson<CombinedRecord[]>(folder, 'combined_results.json')
  const consistency = await readJson<CombinedConsistencyRecord[]>(
    folder,
    'consistency_test_results.json',
  )
  const html = await readFile(join(folder, 'report.html'), 'utf8')
  const markdown = await readFile(join(folder, 'report.md'), 'utf8')
  const databases = environment.sides.map(({ key }) => key)
  const results = readComparison(await readFile(join(folder, RESULTS_FILE), 'utf8'))
  const more = recomputeDecision(results)
  checkFigures({ combined, consistency, databases, html, markdown, more })
  return { environment, combined, consistency, html, markdown, files: await readdir(folder) }
}

/** The command lines of descendants of this process that contain `word`. */
export async function descendants(word: string): Promise<string[]> {
  const all = process.platform === 'linux' ? await processesOfProc() : await processesOfPs()
  const below = (pid: string): string[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child.args, ...below(child.pid)])
  return below(String(process.pid)).filter((args) => args.includes(word))
}

interface Process {
  readonly pid: string
  readonly parent: string
  readonly args: string
}

/** Small Linux images have no ps. A process that ends meanwhile is left out. */
async function processesOfProc(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return { pid, parent: /^PPid:\s*(\d+)/m.exec(status)?.[1] ?? '', args }
  })
  const settled = await Promise.allSettled(found)
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

async function processesOfPs(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args='])
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid && parent && args ? [{ pid, parent, args }] : []
  })
}
