import { execFile } from 'node:child_process'
import { chmod, mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { request } from 'undici'
import { disturb } from '../disturb.ts'
import { skipped } from '../found.ts'
import type { Scenario } from '../scenario.ts'
import { openServices } from '../services.ts'

const SIZE_MB = 256
const FULL_MS = 2000
const run = promisify(execFile)

/** The disk of the database is full for some seconds, on a tmpfs. */
export const disk: Scenario = {
  name: 'disk-full',
  about: 'the disk of the database is full for 2 s (tmpfs)',
  stores: ['postgres'],
  async run(conditions) {
    const { store, folder } = conditions
    const mounted = join(folder, 'tmpfs')
    await mkdir(mounted)
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', mounted])
    } catch {
      return [skipped(this.name, store, this.about, 'a tmpfs may not be mounted here')]
    }
    await using cleanup = new AsyncDisposableStack()
    cleanup.defer(async () => void (await run('umount', ['-l', mounted])))
    await chmod(mounted, 0o711)
    const { database, instances } = cleanup.use(await openServices({ store, folder: mounted }))
    const [instance] = instances
    const filler = join(mounted, 'filler')
    let refused = 0
    async function strike(): Promise<void> {
      const { bavail, bsize } = await statfs(mounted)
      await writeFile(filler, Buffer.alloc(bavail * bsize)).catch(() => {})
      // Changes of known carts may find room in the log and the pages that exist; new carts need more of both.
      const until = performance.now() + FULL_MS
      while (performance.now() < until) if (!(await createsCart(instance.url))) refused += 1
      await rm(filler, { force: true })
      // PostgreSQL stops when it cannot write its log.
      if ((await database.processes()).length === 0) await database.start()
    }
    const found = await disturb({
      ...conditions,
      name: this.name,
      fault: this.about,
      targets: [{ ...instance, strike }],
      recoverWithinMs: 30_000,
    })
    const check = {
      criterion: 'the disk was full: new carts were refused',
      measured: `${refused} times`,
      passed: refused > 0 ? true : null,
    }
    return [{ ...found, checks: [...found.checks, check] }]
  },
}

async function createsCart(url: string): Promise<boolean> {
  const { statusCode, body } = await request(`${url}/shopping-carts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"customer_id":"disk"}',
  })
  await body.dump()
  if (statusCode === 201) return true
  await sleep(20)
  return false
}
