import { randomInt } from 'node:crypto'
import type { History, HistoryHeader } from '@pushcart/histories'
import { plainAccess, productsOf } from '../../cart-api/access.ts'
import { type CartClient, openCartClient } from '../../cart-api/cart-client.ts'
import { setUp } from '../../cart-api/set-up.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { type Abilities, probeAbilities } from './abilities.ts'
import type { RecordOptions } from './record-options.ts'
import { createRecorder, type Instance } from './recorder.ts'
import { createRun } from './sessions.ts'

/** The instance that may refuse everything, in a history. */
const REFUSING = 'old'

/**
 * Records what concurrent sessions see of a service: contended carts, a seeded choice of the operations that it
 * supports, and finally strong and eventual reads of every cart and a list of every customer.
 *
 * @throws UsageError for a host that is no usable URL; UnusableService when it is no cart service
 */
export async function recordHistory(options: RecordOptions): Promise<History> {
  const { hosts, replica, refusing: refuser, clients, timeoutMs = 5000, signal, faults } = options
  const [host, ...others] = hosts
  if (host === undefined) throw new Error('recordHistory needs a host')
  // Once for all instances, which share the carts.
  const access = await setUp(host, options.access ?? plainAccess(), { signal })
  if (productsOf(access).length < 2)
    throw new UsageError('product-ids: a recording requires at least two products')
  const open = (url: string, name: string): Instance => ({
    name,
    client: openCartClient(url, { connections: 2 * clients + 2, timeoutMs, signal, access }),
  })
  const first = open(host, 'i0')
  const instances = [first, ...others.map((other, at) => open(other, `i${at + 1}`))]
  const reading = replica === undefined ? undefined : open(replica, 'replica')
  const refusing = refuser === undefined ? undefined : open(refuser, REFUSING)
  try {
    const customers = randomInt(1_000_000, 2_000_000_000)
    const probed = await probeAbilities(first.client, String(customers))
    const kinds = probed.kinds.filter((kind) => options.without?.includes(kind) !== true)
    const abilities = { ...probed, kinds }
    const header = headerOf(options, abilities, await nameOf(first.client))
    options.onStart?.(abilities, header)
    const { now, start } = openClock()
    const recorder = createRecorder({
      abilities,
      now,
      faultsDuring: (from, to) => faults?.during(from, to) ?? [],
      write: options.write ?? (async () => {}),
      onFailure: options.onFailure,
    })
    const run = createRun({
      options,
      abilities,
      access,
      recorder,
      instances,
      reading,
      refusing,
      now,
      customers,
    })
    await run.fill()
    start()
    faults?.begin(now)
    try {
      await run.sessions()
    } finally {
      faults?.end()
    }
    await options.beforeFinalReads?.()
    await run.finalReads()
    const cutOff = signal?.aborted === true
    return {
      header: cutOff ? { ...header, cut_off: true } : header,
      operations: [...recorder.operations].sort((a, b) => a.call - b.call),
    }
  } finally {
    const opened = [...instances, reading, refusing].filter((one) => one !== undefined)
    await Promise.all(opened.map(({ client }) => client.close()))
  }
}

/**
 * The time of a recording, nanoseconds. Until it starts, every look is a nanosecond after the one before: the carts that are
 * filled first keep the order of their operations, and the clients begin at 0 as in a recording without such carts.
 */
function openClock() {
  let started: bigint | undefined
  let looks = 0
  return {
    now: () =>
      started === undefined ? looks++ : looks + Number(process.hrtime.bigint() - started),
    start() {
      started = process.hrtime.bigint()
    },
  }
}

function headerOf(
  { seed, faults, replica, refusing, eventualFrom }: RecordOptions,
  abilities: Abilities,
  name: string,
): HistoryHeader {
  const { versions, opaqueVersions, keys } = abilities
  return {
    format: 'pushcart-history',
    format_version: 1,
    seed,
    service: { name, versions, opaque_versions: opaqueVersions || undefined, keys },
    eventual_from: eventualFrom ?? (replica === undefined ? undefined : `the replica ${replica}`),
    may_refuse: refusing === undefined ? undefined : [REFUSING],
    faults: faults?.plan.faults ?? [],
    fault_windows: faults?.plan.windows.map(({ fault, from_ms, to_ms }) => ({
      fault,
      from: from_ms * 1e6,
      to: to_ms * 1e6,
    })),
  }
}

/** The store of the service, where `GET /health` says it as this project's service does, and its address. */
async function nameOf({ ask, host, api }: CartClient): Promise<string> {
  if (!api.has('health')) return `${api.name} at ${host}`
  const { body } = await ask('health', {})
  const { store, emulator } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof store !== 'string' || !/^[\w ]{1,40}$/.test(store)) return host
  return `${store}${emulator === true ? ' (emulator)' : ''} at ${host}`
}
