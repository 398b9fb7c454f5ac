import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }
import type { Peer } from './cart.ts'
import { startProgram } from './support/program.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SERVICE = fileURLToPath(import.meta.resolve('@pushcart/service/serve'))

export const pushcart: Peer = {
  name: 'pushcart',
  title: `pushcart ${manifest.version}`,
  api: 'pushcart',
  settings: 'one process, 10 connections, log and metrics on',
  async start(database, port) {
    const env = { DATABASE_URL: database, PORT: String(port), NODE_ENV: 'production', AUTH: 'none' }
    const command = [process.execPath, SERVICE, '--migrate'] as const
    const program = await startProgram(command, { cwd: ROOT, env }, /listening at/, 60_000)
    return { ...program, url: `http://127.0.0.1:${port}`, headers: [] }
  },
}
