import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { disturb } from '../disturb.ts'
import type { Scenario } from '../scenario.ts'
import { openServices } from '../services.ts'

const LIMIT = 256
const CONNECTIONS = 400

/** More clients than file descriptors: the database and health checks keep theirs. */
export const descriptors: Scenario = {
  name: 'descriptors',
  about: `${CONNECTIONS} idle connections to a service with ${LIMIT} file descriptors`,
  stores: ['postgres', 'dynamodb'],
  async run(conditions) {
    const settings = { DYNAMODB_POOL_SIZE: '20' }
    const through = ['prlimit', `--nofile=${LIMIT}:${LIMIT}`]
    await using services = await openServices({ ...conditions, settings, through })
    const [instance] = services.instances
    let unhealthy = 0
    async function strike(): Promise<void> {
      const sockets: Socket[] = Array.from({ length: CONNECTIONS }, () =>
        connect(instance.port, '127.0.0.1').on('error', () => {}),
      )
      await Promise.race([once(sockets[0] as Socket, 'connect'), sleep(1000)])
      const health = await fetch(`${instance.url}/health/live`, {
        signal: AbortSignal.timeout(2000),
        headers: { connection: 'close' },
      }).catch(() => undefined)
      if (health?.status !== 200) unhealthy += 1
      for (const socket of sockets) socket.destroy()
    }
    const found = await disturb({
      ...conditions,
      name: this.name,
      fault: this.about,
      targets: [{ ...instance, strike }],
      recoverWithinMs: 20_000,
    })
    const internal = found.failures.INTERNAL_ERROR ?? 0
    return [
      {
        ...found,
        checks: [
          ...found.checks,
          { criterion: 'no 500', measured: `${internal}`, passed: internal === 0 },
          {
            criterion: 'health checks are served meanwhile',
            measured: `${unhealthy} of ${found.times} not`,
            passed: found.times === 0 ? null : unhealthy === 0,
          },
        ],
      },
    ]
  },
}
