import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../packages/lab/src/errors/usage-error.ts'
import { type Check, type Found, sumOf } from './found.ts'
import type { CampaignResult } from './report.ts'

/**
 * Adds a run to the result in a folder, if there is one, so that many short runs make a long campaign.
 *
 * @throws UsageError if the file there is no such result, or is of another layout
 */
export async function addToFolder(folder: string, run: CampaignResult): Promise<CampaignResult> {
  const earlier = await readResult(join(folder, 'campaign.json'))
  return earlier === undefined
    ? run
    : {
        ...run,
        started_at: earlier.started_at,
        seed: earlier.seed,
        runs: earlier.runs + run.runs,
        found: addUp([...earlier.found, ...run.found]),
      }
}

/**
 * Checks before a run that it can be added to the result in a folder.
 *
 * @throws UsageError if not
 */
export async function checkFolder(folder: string, layout: CampaignResult['layout']): Promise<void> {
  const file = join(folder, 'campaign.json')
  const earlier = await readResult(file)
  if (earlier !== undefined && earlier.layout !== layout)
    throw new UsageError(`--add: ${file} is of the layout ${earlier.layout ?? 'of the default'}`)
}

async function readResult(file: string): Promise<CampaignResult | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`--add: ${file} cannot be read: ${(error as Error).message}`)
  }
  try {
    const result = JSON.parse(text) as CampaignResult
    if (result.format === 'pushcart-campaign' && result.runs > 0) return result
  } catch {
    // Not JSON.
  }
  throw new UsageError(`--add: ${file} is no result of this release; choose another --output`)
}

/** One entry for each part, store and fault: counts are added, and of each criterion the worst decided outcome stays. */
export function addUp(found: readonly Found[]): Found[] {
  const byPart = Map.groupBy(found, ({ name, store, fault }) =>
    JSON.stringify([name, store, fault]),
  )
  return [...byPart.values()].map((all) => all.reduce(added))
}

function added(a: Found, b: Found): Found {
  // A part that could not be run says nothing about the others.
  if (a.skipped !== undefined) return b
  if (b.skipped !== undefined) return a
  return {
    ...b,
    times: a.times + b.times,
    acknowledged: sum(a.acknowledged, b.acknowledged),
    carts: sum(a.carts, b.carts),
    units: sum(a.units, b.units),
    lost: sum(a.lost, b.lost),
    doubled: sum(a.doubled, b.doubled),
    wrong: sum(a.wrong, b.wrong),
    failures: sumOf([a.failures, b.failures]),
    recoveries_ms: [...a.recoveries_ms, ...b.recoveries_ms],
    memory_bytes: larger(a.memory_bytes, b.memory_bytes),
    descriptors: larger(a.descriptors, b.descriptors),
    checks: worst([...a.checks, ...b.checks]),
  }
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}

/** What one run could not decide, another one can. */
const badness = ({ passed }: Check) => (passed === false ? 2 : passed === true ? 1 : 0)

function worst(checks: readonly Check[]): Check[] {
  const byCriterion = Map.groupBy(checks, ({ criterion }) => criterion)
  return [...byCriterion.values()].map((all) =>
    all.reduce((a, b) => (badness(b) > badness(a) ? b : a)),
  )
}
