import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgresEngine } from '../../packages/service/src/engines/postgres-engine.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The database from which `createTestDatabase` makes others. */
    readonly postgresAdminUrl: string
  }
}

/** One PostgreSQL for a whole test run: starting it takes about a second. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-test-'))
  const engine = await startPostgresEngine({ dataDir: join(folder, 'postgres') })
  project.provide('postgresAdminUrl', engine.settings.DATABASE_URL ?? '')
  return async () => {
    await engine.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
