import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../database.ts'
import { disturb } from '../disturb.ts'
import type { Scenario } from '../scenario.ts'
import { openInstance } from '../service.ts'
import { childrenOf, commandOf, signal as send } from '../support.ts'

/** The fourth death within a minute ends the service, as it should. */
const PAUSE_MS = 20_500

/** The service starts its embedded database again. */
export const embedded: Scenario = {
  name: 'kill-embedded',
  about: 'SIGKILL of the embedded database, which the service starts again',
  stores: ['postgres', 'dynamodb'],
  async run(conditions) {
    const { store, folder, signal } = conditions
    const settings = { CART_STORE_TYPE: store, READ_CONSISTENCY: 'strong' }
    const args = ['--embedded', '--data-dir', folder]
    await using instance = await openInstance({ settings, args })
    let killedAt = Number.NEGATIVE_INFINITY
    async function strike(): Promise<void> {
      await sleep(killedAt + PAUSE_MS - performance.now(), undefined, { signal }).catch(() => {})
      const pid = await databaseOf(store, folder, instance.pid())
      if (pid === undefined) throw new Error('the embedded database does not run')
      send(pid, 'SIGKILL')
      killedAt = performance.now()
      while ((await commandOf(pid)) !== '') await sleep(10)
    }
    const found = await disturb({
      ...conditions,
      name: this.name,
      fault: this.about,
      targets: [{ ...instance, processes: async () => [instance.pid()], strike }],
      recoverWithinMs: 60_000,
    })
    return [found]
  },
}

async function databaseOf(
  store: Store,
  folder: string,
  service: number,
): Promise<number | undefined> {
  if (store === 'postgres') {
    const file = join(folder, store, 'cluster', 'postmaster.pid')
    return Number.parseInt(await readFile(file, 'utf8'), 10)
  }
  for (const pid of await childrenOf(service))
    if ((await commandOf(pid)).includes(folder)) return pid
  return undefined
}
