import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { preparePrimary, startStandby, urlOf } from '../../packages/lab/src/faults/start-standby.ts'
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
  const primary = join(folder, 'primary')
  await preparePrimary(primary)
  const writer = await startPostgresEngine({ dataDir: primary })
  stack.defer(() => writer.stop())
  const replica = await startStandby(
    { dataDir: primary, url: urlOf(writer) },
    join(folder, 'standby'),
    delayMs,
  )
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
