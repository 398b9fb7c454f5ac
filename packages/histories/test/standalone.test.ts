import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { formatHistory } from '../src/index.ts'
import { simulate } from './support/wrong-stores/simulate.ts'
import { WRONG_STORES } from './support/wrong-stores/wrong-stores.ts'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
/** A project that contains this package and nothing else. */
const project = mkdtempSync(join(tmpdir(), 'histories-alone-'))
mkdirSync(join(project, 'histories'))
for (const name of ['src', 'package.json'])
  cpSync(join(PACKAGE, name), join(project, 'histories', name), { recursive: true })
afterAll(() => rmSync(project, { recursive: true }))

/** Runs a script inside the copy, where the package resolves by its name. */
async function run(script: string, ...args: string[]): Promise<string> {
  const path = join(project, 'histories', 'script.ts')
  writeFileSync(path, script)
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], { cwd: project })
  return stdout
}

test('the cart checks run on Node alone, on several threads', async () => {
  const store = WRONG_STORES['stale cache on reads']
  const history = simulate({ seed: 1, operations: 40, ...(store && { store }) })
  writeFileSync(join(project, 'history.ndjson'), formatHistory(history))
  const script = `
    import { checkHistoryOnAllCores, readHistory } from '@pushcart/histories'
    const history = await readHistory('history.ndjson')
    const report = await checkHistoryOnAllCores(history, { shrinkMs: 0 }, { threads: 2, aloneMs: 0 })
    console.log(report.verdict)`
  expect(await run(script)).toBe('violated\n')
})

test('the example of the README is the one in examples and prints what it says', async () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8')
  const example = readFileSync(join(PACKAGE, 'examples/register.ts'), 'utf8')
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
  const output = await run(example)
  expect(output).toBe('illegal\na write 1\na read 2\na read 1\n')
  expect(readme).toContain(`\`\`\`\n${output}\`\`\``)
})

test('the model of the README checks a counter', async () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8')
  const [, [, model] = []] = [...readme.matchAll(/```ts\n(.*?)```/gs)]
  const verdict = (second: number) =>
    run(`${model}
      const operations = [{ result: 1, call: 0, end: 5 }, { result: ${second}, call: 2, end: 9 }]
      console.log(checkLinearizable(operations, counter).verdict)`)
  expect(await verdict(2)).toBe('ok\n')
  expect(await verdict(1)).toBe('illegal\n')
})

test('the first history of the README passes the command', async () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8')
  const [, events = ''] = /```json\n(\{"process".*?)```/s.exec(readme) ?? []
  writeFileSync(join(project, 'events.ndjson'), events)
  const cli = join(project, 'histories/src/cli.ts')
  const args = [cli, 'check', '--model', 'register', 'events.ndjson']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project })
  expect(readme).toContain(
    `\`\`\`\n$ npx histories check --model register events.ndjson\n${stdout}\`\`\``,
  )
})
