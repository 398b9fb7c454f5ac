import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What a script sent, in order. */
export interface SentByK6 {
  readonly method: string
  readonly url: string
  readonly body: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly name: string
}

const MODULES: Readonly<Record<string, string>> = {
  'index.js': 'export {}',
  'data.js':
    'export class SharedArray { constructor(_, make) { return make().map((one) => JSON.parse(JSON.stringify(one))) } }',
  'execution.js':
    'export default { scenario: { get iterationInTest() { return globalThis.iteration } }, test: { abort(why) { throw new Error(why) } } }',
  'http.js': `let carts = 0
export default {
  expectedStatuses: (...all) => all,
  request(method, url, body, { headers, tags, responseCallback }) {
    globalThis.sent.push({ method, url, body, headers, name: tags.name })
    const id = method === 'POST' && !url.endsWith('/items') ? 'cart ' + ++carts : undefined
    return { status: responseCallback[0], json: () => ({ shopping_cart_id: id }) }
  },
}`,
}

const RUNNER = `globalThis.sent = []
globalThis.__ENV = JSON.parse(process.argv[2])
const script = await import('./script.mjs')
const carts = script.setup()
const prepared = sent.length
for (globalThis.iteration = 0; iteration < Number(process.argv[3]); iteration++) script.default(carts)
console.log(JSON.stringify({ options: script.options, prepared, sent }))
`

/** Runs a script with k6's modules stubbed: its set-up, then so many iterations. */
export async function runStubbed(
  folder: string,
  script: string,
  iterations: number,
  env: Readonly<Record<string, string>> = {},
): Promise<{
  readonly options: { readonly scenarios: { readonly load: Record<string, unknown> } }
  /** How many of the requests were those of the set-up. */
  readonly prepared: number
  readonly sent: readonly SentByK6[]
}> {
  const modules = join(folder, 'node_modules', 'k6')
  await mkdir(modules, { recursive: true })
  const exported = {
    '.': './index.js',
    './data': './data.js',
    './execution': './execution.js',
    './http': './http.js',
  }
  const files = {
    ...MODULES,
    'package.json': JSON.stringify({ name: 'k6', type: 'module', exports: exported }),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(modules, name), text)
  await writeFile(join(folder, 'script.mjs'), script)
  await writeFile(join(folder, 'runner.mjs'), RUNNER)
  const args = [join(folder, 'runner.mjs'), JSON.stringify(env), String(iterations)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 << 20 })
  return JSON.parse(stdout)
}
