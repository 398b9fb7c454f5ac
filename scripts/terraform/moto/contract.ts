import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from '../child.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Runs the contract suite of all stores on a table that is there. Returns how many cases passed; rejects if any failed. */
export async function runContract(
  url: string,
  table: string,
  signal: AbortSignal,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pushcart-contract-'))
  const file = join(folder, 'report.json')
  const vitest = ['node_modules/vitest/vitest.mjs', 'run']
  const config = '--config=scripts/terraform/moto/vitest.config.ts'
  try {
    const args = [...vitest, config, '--reporter=json', `--outputFile=${file}`]
    const failed = await runChild(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, PUSHCART_MOTO_URL: url, PUSHCART_MOTO_TABLE: table },
      signal,
      waitingFor: () => ['the contract suite'],
    }).then(
      () => undefined,
      (error: unknown) => error,
    )
    return passedIn(file, failed, signal)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** How many cases passed, all of them; where there is no report, what ended the run says why. */
function passedIn(file: string, failed: unknown, signal: AbortSignal): number {
  if (failed !== undefined && (signal.aborted || !existsSync(file))) throw failed
  const { numPassedTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report
  const others = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed')
    .map(({ fullName, failureMessages: [why = ''] }) => `${fullName}: ${why.split('\n')[0]}`)
  if (failed !== undefined || numPassedTests === 0)
    throw new Error(
      `The contract suite on moto: ${others.length} cases did not pass, ${others.slice(0, 3).join('; ')}`,
    )
  return numPassedTests
}
