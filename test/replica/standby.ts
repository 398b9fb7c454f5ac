import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allowReplication, makeStandby } from '../../packages/lab/src/faults/postgres-standby.ts'
import { startPostgresEngine } from '../../packages/service/src/engines/postgres-engine.ts'

/** A PostgreSQL and a hot standby that replays every commit late. */
export interface Replicated extends AsyncDisposable {
  readonly writerUrl: string
  readonly replicaUrl: string
  /** Stops the standby. */
  stopReplica(): Promise<void>
}

/** @param delayMs how late the standby replays, milliseconds */
export async function startReplicated(delayMs: number): Promise<Replicated> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-replica-'))
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  // If we are root, PostgreSQL runs as another user, who must be able to enter this folder.
  await chmod(folder, 0o711)
  const [primary, standby] = [join(folder, 'primary'), join(folder, 'standby')]
  const first = await startPostgresEngine({ dataDir: primary })
  await allowReplication(urlOf(first))
  await first.stop()
  const writer = await startPostgresEngine({ dataDir: primary })
  stack.defer(() => writer.stop())
  await mkdir(standby)
  await copyFile(join(primary, 'password'), join(standby, 'password'))
  await makeStandby({
    primaryUrl: urlOf(writer),
    primaryDir: join(primary, 'cluster'),
    standbyDir: join(standby, 'cluster'),
    delayMs,
  })
  const replica = await startPostgresEngine({ dataDir: standby })
  const running = stack.move()
  let stopped: Promise<void> | undefined
  const stopReplica = () => {
    stopped ??= replica.stop()
    return stopped
  }
  return {
    writerUrl: urlOf(writer),
    replicaUrl: urlOf(replica),
    stopReplica,
    async [Symbol.asyncDispose]() {
      await stopReplica()
      await running.disposeAsync()
    },
  }
}

function urlOf({ settings }: { readonly settings: Readonly<Record<string, string>> }): string {
  return settings.DATABASE_URL ?? ''
}
