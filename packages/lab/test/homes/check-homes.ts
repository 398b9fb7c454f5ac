import { parseArgs } from 'node:util'
import type { Mistake } from './simulate/simulate.ts'
import { check, RIGHT, WRONG } from './verdict.ts'

/**
 * `npm run check:homes -- [--wrong] [--runs N] [--seed N] [--only TEXT]`: seeded runs of a simulated global table whose carts have
 * home regions. Without `--wrong`, N runs (20) of each story, all of which must hold; with it, N runs of each mistake, of which 19 in 20
 * must be found. Exit code 1 if not, 3 for a wrong option.
 */
const options = readOptions()
process.exitCode = options === undefined ? 3 : await main(options)

interface Options {
  readonly wrong: boolean
  readonly seeds: readonly number[]
  readonly only: string
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        wrong: { type: 'boolean', default: false },
        runs: { type: 'string', default: '20' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string', default: '' },
      },
    })
    const [runs, first] = [Number(values.runs), Number(values.seed)]
    if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(first)) throw new Error()
    const { wrong, only } = values
    return { wrong, only, seeds: Array.from({ length: runs }, (_, at) => first + at) }
  } catch {
    process.stderr.write(
      'check:homes has the options --wrong, --runs N, --seed N and --only TEXT.\n',
    )
    return undefined
  }
}

async function main({ wrong, seeds, only }: Options): Promise<number> {
  const names = Object.keys(wrong ? WRONG : RIGHT).filter((name) => name.includes(only))
  let isGood = names.length > 0
  for (const name of names) {
    const good = wrong
      ? await checkMistake(name as Mistake, seeds)
      : await checkStory(name as keyof typeof RIGHT, seeds)
    isGood &&= good
  }
  return isGood ? 0 : 1
}

async function checkStory(name: keyof typeof RIGHT, seeds: readonly number[]): Promise<boolean> {
  let [held, operations, changes, writes, oldestMs, unclear] = [0, 0, 0, 0, 0, 0]
  for (const seed of seeds) {
    const { reasons, history, loss, unclear: carts } = await check({ seed, ...RIGHT[name] })
    held += Number(reasons.length === 0)
    operations += history.operations.length
    changes += history.operations.filter(
      ({ kind, status }) => status === 'ok' && kind !== 'get' && kind !== 'list',
    ).length
    writes += loss?.writes ?? 0
    oldestMs = Math.max(oldestMs, loss?.oldestMs ?? 0)
    unclear += carts
    if (reasons.length > 0) console.log(`${name}, seed ${seed}: ${reasons.join('; ')}`)
  }
  const losses =
    writes === 0
      ? ''
      : `; beside ${changes} changes ${writes} writes lost, the oldest ${oldestMs} ms before, and ${unclear} carts left out`
  console.log(`${name}: ${held} of ${seeds.length} hold (${operations} operations${losses})`)
  return held === seeds.length
}

async function checkMistake(mistake: Mistake, seeds: readonly number[]): Promise<boolean> {
  let found = 0
  for (const seed of seeds) {
    const { report } = await check({ seed, ...WRONG[mistake], mistake })
    found += Number(report.verdict === 'violated')
  }
  console.log(`${mistake}: found in ${found} of ${seeds.length}`)
  return found >= 0.95 * seeds.length
}
