import { fileURLToPath } from 'node:url'
import type { Peer } from './cart.ts'
import { startProgram } from './support/program.ts'
import manifest from './vendure/package.json' with { type: 'json' }

const FOLDER = fileURLToPath(new URL('vendure/', import.meta.url))
/** Making the tables and the products takes most of it. */
const START_MS = 300_000

export const vendure: Peer = {
  name: 'vendure',
  title: `Vendure ${manifest.dependencies['@vendure/core']}`,
  api: 'vendure',
  settings: 'production mode, one process, 10 connections, stock not tracked, no plugins',
  async start(database, port) {
    const env = {
      DATABASE_URL: database,
      NODE_ENV: 'production',
      VENDURE_DISABLE_TELEMETRY: 'true',
    }
    const command = [process.execPath, 'server.js', String(port)] as const
    const program = await startProgram(command, { cwd: FOLDER, env }, /^listening$/, START_MS)
    return { ...program, url: `http://127.0.0.1:${port}`, headers: [] }
  },
}
