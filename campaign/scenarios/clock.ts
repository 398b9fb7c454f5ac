import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { disturb } from '../disturb.ts'
import { skipped } from '../found.ts'
import type { Scenario } from '../scenario.ts'
import { openServices } from '../services.ts'

const JUMPS = ['+3600', '-3600', '+864000', '-864000', '+0']

/** The clock of the service jumps by hours and days; the database's does not. */
export const clock: Scenario = {
  name: 'clock',
  about: 'the clock of the service jumps by up to 10 days (libfaketime)',
  stores: ['postgres', 'dynamodb'],
  async run(conditions) {
    const { store, folder, random } = conditions
    const library = await findLibrary()
    if (library === undefined)
      return [skipped(this.name, store, this.about, 'libfaketime is not installed')]
    const file = join(folder, 'offset')
    await writeFile(file, '+0')
    const faked = [
      'env',
      `LD_PRELOAD=${library}`,
      `FAKETIME_TIMESTAMP_FILE=${file}`,
      'FAKETIME_NO_CACHE=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ]
    await using services = await openServices({ ...conditions, through: faked })
    const [instance] = services.instances
    async function strike(): Promise<void> {
      await writeFile(file, JUMPS[random.integer(0, JUMPS.length - 1)] ?? '+0')
      await sleep(500)
    }
    return [
      await disturb({
        ...conditions,
        name: this.name,
        fault: this.about,
        targets: [{ ...instance, strike }],
        recoverWithinMs: 20_000,
      }),
    ]
  },
}

/** The shared library: from `LIBFAKETIME`, or where Debian installs it. */
async function findLibrary(): Promise<string | undefined> {
  const given = process.env.LIBFAKETIME
  if (given !== undefined) return existsSync(given) ? given : undefined
  const folders = await readdir('/usr/lib', { withFileTypes: true })
  return folders
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join('/usr/lib', name, 'faketime', 'libfaketime.so.1'))
    .find((path) => existsSync(path))
}
