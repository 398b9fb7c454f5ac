import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Peer } from './cart.ts'
import manifest from './medusa/package.json' with { type: 'json' }
import { runProgram, startProgram } from './support/program.ts'

const FOLDER = fileURLToPath(new URL('medusa/', import.meta.url))
const START_MS = 180_000

export const medusa: Peer = {
  name: 'medusa',
  title: `Medusa ${manifest.dependencies['@medusajs/medusa']}`,
  api: 'medusa',
  settings:
    'production mode, one process, 10 connections, its in-memory event bus, cache and locks, stock not tracked',
  async start(database, port) {
    const cli = (...args: string[]) =>
      [process.execPath, join(FOLDER, 'node_modules/@medusajs/cli/cli.js'), ...args] as const
    const env = {
      DATABASE_URL: database,
      NODE_ENV: 'production',
      MEDUSA_DISABLE_TELEMETRY: 'true',
    }
    const options = { cwd: FOLDER, env }
    await runProgram(cli('db:migrate'), options)
    const { lines } = await runProgram(cli('exec', './seed.js'), options)
    const key = lines.map((line) => /^publishable key: (\S+)/.exec(line)?.[1]).find(Boolean)
    if (key === undefined) throw new Error('the seed of Medusa printed no key')
    const command = cli('start', '-p', String(port), '-H', '127.0.0.1')
    const program = await startProgram(command, options, /Server is ready/, START_MS)
    const headers = [`x-publishable-api-key: ${key}`]
    return { ...program, url: `http://127.0.0.1:${port}`, headers }
  },
}
