import { execFile } from 'node:child_process'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { formatHistory } from '../../lab/history/write-history.ts'
import { ownFolder } from '../lab/commands/commands-support.ts'
import { simulate } from '../support/wrong-stores/simulate.ts'
import { WRONG_STORES } from '../support/wrong-stores/wrong-stores.ts'

const LAB = fileURLToPath(new URL('../../lab/', import.meta.url))
const SCRIPT = `
import { checkHistoryOnAllCores } from './consistency/check/index.ts'
import { readHistory } from './history/read-history.ts'
const history = await readHistory('history.ndjson')
const report = await checkHistoryOnAllCores(history, { shrinkMs: 0 }, { threads: 2, aloneMs: 0 })
console.log(report.verdict)
`

test('the checkers need only the history format and Node', async () => {
  const folder = await ownFolder()
  await cp(join(LAB, 'consistency/check'), join(folder, 'consistency/check'), { recursive: true })
  await cp(join(LAB, 'history'), join(folder, 'history'), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'check.ts'), SCRIPT)
  const store = WRONG_STORES['stale cache on reads']
  const history = simulate({ seed: 1, operations: 40, ...(store && { store }) })
  await writeFile(join(folder, 'history.ndjson'), formatHistory(history))
  const { stdout } = await promisify(execFile)(process.execPath, ['check.ts'], { cwd: folder })
  expect(stdout).toBe('violated\n')
})

test('nothing in lab/consistency imports from the service', async () => {
  const names = await readdir(join(LAB, 'consistency'), { recursive: true })
  const files = names.filter((name) => name.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(50)
  for (const file of files) {
    const text = await readFile(join(LAB, 'consistency', file), 'utf8')
    expect(text.match(/from '[^']*\/src\//)).toBeNull()
  }
})
