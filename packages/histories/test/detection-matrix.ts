import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkHistory, type Report } from '../src/index.ts'
import { simulate } from './support/wrong-stores/simulate.ts'
import { NEEDS_VERSIONS, WRONG_STORES } from './support/wrong-stores/wrong-stores.ts'

/**
 * `node packages/histories/test/detection-matrix.ts [seeds] [correct histories] [--write]`: prints, as a Markdown table, how
 * many seeded runs of each deliberately faulty store are caught and by which check most often, and how many correct histories with
 * faults raise a false alarm. Takes some minutes. --write puts the result into docs/consistency-model.md. Exit code 1 if
 * fewer than 19 of 20 runs of a store are caught, or on a false alarm.
 */
export interface Detection {
  readonly store: string
  readonly runs: number
  readonly caught: number
  /** Number of runs by check and anomaly, most first. */
  readonly by: readonly (readonly [name: string, runs: number])[]
}

/** Without shrinking: only detection matters. */
const QUICK = { shrinkMs: 0, limits: { states: 20_000, ms: 400 } }

/** Checks histories of the store, one for each seed. */
export function detect(store: string, seeds: readonly number[], versions = true): Detection {
  const by = new Map<string, number>()
  let caught = 0
  for (const seed of seeds) {
    const make = WRONG_STORES[store]
    const history = simulate({ seed, versions, ...(make === undefined ? {} : { store: make }) })
    const names = brokenPromises(checkHistory(history, QUICK))
    if (names.size > 0) caught++
    for (const name of names) by.set(name, (by.get(name) ?? 0) + 1)
  }
  return { store, runs: seeds.length, caught, by: [...by].sort((a, b) => b[1] - a[1]) }
}

/** The checks and anomalies that made a report `violated`. */
export function brokenPromises({ findings }: Report): Set<string> {
  return new Set(
    findings
      .filter(({ promised, verdict }) => promised && verdict === 'violated')
      .flatMap(({ guarantee, violations }) =>
        violations.map(({ anomaly }) => `${guarantee}: ${anomaly}`),
      ),
  )
}

function printMatrix(seeds: readonly number[], print: (line: string) => void): boolean {
  print('| faulty store | caught | without versions | most often by |')
  print('|---|---|---|---|')
  let enough = true
  for (const store of Object.keys(WRONG_STORES)) {
    const { caught, runs, by } = detect(store, seeds)
    const blind = NEEDS_VERSIONS.has(store) ? undefined : detect(store, seeds, false)
    const without = blind === undefined ? 'not applicable' : `${blind.caught} of ${blind.runs}`
    print(`| ${store} | ${caught} of ${runs} | ${without} | ${by[0]?.[0] ?? '-'} |`)
    enough &&= caught >= 0.95 * runs
  }
  return enough
}

function countFalseAlarms(histories: number, print: (line: string) => void): number {
  let alarms = 0
  let unknown = 0
  for (let seed = 1; seed <= histories; seed++) {
    // Three in ten have no versions, and half of those no keys; one in four has a clock of milliseconds.
    const versions = seed % 10 > 2
    const keys = versions || seed % 2 === 0
    const tick = seed % 4 === 0 ? 1e6 : 1
    const { verdict } = checkHistory(simulate({ seed, versions, keys, tick }))
    if (verdict === 'violated') alarms++
    else if (verdict !== 'holds') unknown++
  }
  print('')
  print(`${histories} correct histories: ${alarms} false alarms, ${unknown} inconclusive`)
  return alarms
}

const DOCUMENT = fileURLToPath(new URL('../../../docs/consistency-model.md', import.meta.url))
const [BEGIN, END] = ['<!-- detection matrix: begin -->', '<!-- detection matrix: end -->']

/** Replaces the text between the markers of the document. */
async function writeDocument(lines: readonly string[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8')
  const [before, rest = ''] = text.split(BEGIN)
  const [, after] = rest.split(END)
  if (after === undefined) throw new Error(`${DOCUMENT} has no markers`)
  await writeFile(DOCUMENT, `${before}${BEGIN}\n${lines.join('\n')}\n${END}${after}`)
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [seeds = 20, correct = 1000] = positionals.map(Number)
  const lines: string[] = []
  const print = (line: string) => {
    lines.push(line)
    console.log(line)
  }
  const enough = printMatrix(
    Array.from({ length: seeds }, (_, at) => at + 1),
    print,
  )
  process.exitCode = countFalseAlarms(correct, print) === 0 && enough ? 0 : 1
  if (values.write) await writeDocument(lines)
}
