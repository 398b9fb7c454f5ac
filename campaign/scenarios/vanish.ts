import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { disturb } from '../disturb.ts'
import { skipped } from '../found.ts'
import { makeLargeCarts } from '../large-carts.ts'
import type { Scenario } from '../scenario.ts'
import { openServices } from '../services.ts'
import { heldConnections, openVanishingNetwork } from '../vanish/network.ts'

/** Connections in each of five states. */
const EACH = 20
const CLIENTS = fileURLToPath(new URL('../vanish/clients-process.ts', import.meta.url))
const TIMEOUT_MS = 3000
/** The service looks for late requests and stalled responses every second; a busy machine takes longer. */
const MARGIN_MS = 15_000
/** Idle connections are kept longer than load balancers keep them. */
const KEEP_ALIVE_MS = 72_000

/** Clients whose packets stop, without a FIN or a reset: what they held is given back, and others do not notice. */
export const vanish: Scenario = {
  name: 'vanish',
  about: `${5 * EACH} clients vanish from the network with their requests half sent, in progress or half read`,
  stores: ['postgres', 'dynamodb'],
  async run(conditions) {
    const { store, signal } = conditions
    await using network = await openVanishingNetwork()
    if (network === undefined)
      return [skipped(this.name, store, this.about, 'a network namespace may not be created here')]
    const settings = {
      HOST: '0.0.0.0',
      AUTH: 'none',
      CART_MAX_LINES: '100',
      REQUEST_TIMEOUT_MS: `${TIMEOUT_MS}`,
      RESPONSE_TIMEOUT_MS: `${TIMEOUT_MS}`,
    }
    await using services = await openServices({ ...conditions, settings })
    const [instance] = services.instances
    await makeLargeCarts(instance.url, { customer: 'campaign-lists', carts: 100, signal })
    let late = 0
    const strike = async () => {
      const idleBefore = await heldConnections()
      await network.appear()
      const [program = '', ...before] = network.through
      const args = [process.execPath, CLIENTS, network.host, `${instance.port}`, `${EACH}`]
      const child = spawn(program, [...before, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(child, 'exit')
      await Promise.race([once(child.stdout, 'data'), exited])
      await network.vanish()
      child.kill('SIGKILL')
      await exited
      // Left are those without a request, and those whose response the system has taken.
      late += await leftAfter(TIMEOUT_MS + MARGIN_MS, idleBefore + 3 * EACH)
    }
    const found = await disturb({
      ...conditions,
      name: this.name,
      fault: this.about,
      targets: [{ ...instance, strike }],
      recoverWithinMs: 20_000,
    })
    const left = await leftAfter(KEEP_ALIVE_MS + MARGIN_MS, 0)
    const checks = [
      {
        criterion: 'half-sent requests of vanished clients time out',
        measured: `${late} connections too late`,
        passed: found.times === 0 ? null : late === 0,
      },
      {
        criterion: 'no connection of a vanished client stays open',
        measured: `${left} stayed`,
        passed: found.times === 0 ? null : left === 0,
      },
    ]
    return [{ ...found, checks: [...found.checks, ...checks] }]
  },
}

/** By how much the number of connections to vanished clients exceeds a number, when it no longer does or after `maxMs`. */
async function leftAfter(maxMs: number, allowed: number): Promise<number> {
  const until = performance.now() + maxMs
  for (;;) {
    const excess = Math.max(0, (await heldConnections()) - allowed)
    if (excess === 0 || performance.now() > until) return excess
    await sleep(200)
  }
}
