import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { WatchedEngine } from '@pushcart/service/engines'
import { allowReplication, makeStandby } from './postgres-standby.ts'

/** An embedded PostgreSQL that runs, and its data folder. */
export interface Primary {
  readonly dataDir: string
  readonly url: string
}

/** Makes an embedded PostgreSQL that a standby can follow. Its next start takes effect, so start it afterwards. */
export async function preparePrimary(dataDir: string): Promise<void> {
  const engine = await startPostgres(dataDir)
  try {
    await allowReplication(urlOf(engine))
  } finally {
    await engine.stop()
  }
}

/**
 * Starts a hot standby of `primary`.
 *
 * @param dataDir for its data; must not exist
 * @param delayMs how late it replays each commit, milliseconds
 */
export async function startStandby(
  primary: Primary,
  dataDir: string,
  delayMs: number,
): Promise<WatchedEngine> {
  await mkdir(dataDir)
  await copyFile(join(primary.dataDir, 'password'), join(dataDir, 'password'))
  await makeStandby({
    primaryUrl: primary.url,
    primaryDir: join(primary.dataDir, 'cluster'),
    standbyDir: join(dataDir, 'cluster'),
    delayMs,
  })
  return startPostgres(dataDir)
}

export function urlOf({
  settings,
}: {
  readonly settings: Readonly<Record<string, string>>
}): string {
  return settings.DATABASE_URL ?? ''
}

async function startPostgres(dataDir: string): Promise<WatchedEngine> {
  const { startPostgresEngine } = await import('@pushcart/service/engines')
  return startPostgresEngine({ dataDir })
}
