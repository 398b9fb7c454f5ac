import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CONFIG = '--config=scripts/terraform/moto/vitest.config.ts'

/**
 * Runs the contract suite of all stores on an existing table. The failures of cases go to standard error.
 *
 * @param report the file to write the results to
 * @returns the number of cases
 */
export async function runContract(url: string, table: string, report: string): Promise<number> {
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile=${report}`]
  const args = ['node_modules/vitest/vitest.mjs', 'run', CONFIG, ...reporters]
  const suite = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, PUSHCART_MOTO_URL: url, PUSHCART_MOTO_TABLE: table },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(suite, 'close')
  if (code !== 0) throw new Error('The contract suite fails on moto')
  return (JSON.parse(readFileSync(report, 'utf8')) as { numPassedTests: number }).numPassedTests
}
