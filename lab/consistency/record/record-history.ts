import { randomInt } from 'node:crypto'
import type {
  History,
  HistoryHeader,
  Kind,
  Operation,
} from '../../../packages/histories/src/index.ts'
import type { Faults } from '../../faults/faults.ts'
import { type Abilities, probeAbilities } from './abilities.ts'
import { createRecorder, type Instance } from './recorder.ts'
import { createRun } from './sessions.ts'
import { openWire, type Wire } from './wire.ts'

export interface RecordOptions {
  /** URLs of instances of one service, at least one. */
  readonly hosts: readonly string[]
  /** URL of an instance that answers from a replica: eventual reads and lists go to it, and nothing else does. */
  readonly replica?: string | undefined
  readonly seconds: number
  /** Ends the recording before its time, as soon as it is true of what has been recorded. */
  readonly enough?: ((operations: readonly Operation[]) => boolean) | undefined
  /** Sessions at once. */
  readonly clients: number
  readonly seed: number
  /** Carts in use at once; 4. The fewer, the more clients meet. */
  readonly carts?: number | undefined
  /** Longest pause of a client between operations, milliseconds; 5. */
  readonly pauseMs?: number | undefined
  /** How long a request may take; 5 s. */
  readonly timeoutMs?: number | undefined
  /** How long everything has to settle before what is read in the end; 2 s. */
  readonly settleMs?: number | undefined
  /** What strikes meanwhile, and whether every change needs a key to survive it. */
  readonly faults?: Faults | undefined
  readonly alwaysKeyed?: boolean | undefined
  /** Kinds of operation that are not to be drawn, though the service has them. */
  readonly without?: readonly Kind[] | undefined
  /** Ctrl-C: requests in flight are given up, and what was recorded is returned. */
  readonly signal?: AbortSignal | undefined
  /** Told once when the service has answered nothing for so many milliseconds, and is given up. */
  readonly onSilence?: ((ms: number) => void) | undefined
  readonly onProgress?: ((elapsedMs: number, totalMs: number) => void) | undefined
  /** Told what the service can do, and the header of the history, before the first operation. */
  readonly onStart?: ((abilities: Abilities, header: HistoryHeader) => void) | undefined
  /** Keeps an operation; resolves when there is room for the next. */
  readonly write?: ((operation: Operation) => Promise<void>) | undefined
}

/**
 * Records what concurrent sessions see of a service: contended carts, a seeded choice of what it can do, and in the end
 * strong and eventual reads of every cart and a list of every customer.
 *
 * @throws UsageError for a host that is no usable URL; UnusableService when it is no cart service
 */
export async function recordHistory(options: RecordOptions): Promise<History> {
  const { hosts, replica, clients, timeoutMs = 5000, signal, faults } = options
  const open = (host: string, name: string): Instance => ({
    name,
    wire: openWire(host, { connections: 2 * clients + 2, timeoutMs, signal }),
  })
  const instances = hosts.map((host, at) => open(host, `i${at}`))
  const [first] = instances
  if (first === undefined) throw new Error('recordHistory needs a host')
  const reading = replica === undefined ? undefined : open(replica, 'replica')
  try {
    const customers = randomInt(1_000_000, 2_000_000_000)
    const probed = await probeAbilities(first.wire, String(customers))
    const kinds = probed.kinds.filter((kind) => options.without?.includes(kind) !== true)
    const abilities = { ...probed, kinds }
    const header = headerOf(options, abilities, await nameOf(first.wire))
    options.onStart?.(abilities, header)
    const started = process.hrtime.bigint()
    const now = () => Number(process.hrtime.bigint() - started)
    const recorder = createRecorder({
      abilities,
      now,
      faultsDuring: (from, to) => faults?.during(from, to) ?? [],
      write: options.write ?? (async () => {}),
    })
    const run = createRun({ options, abilities, recorder, instances, reading, now, customers })
    faults?.begin(now)
    try {
      await run.sessions()
    } finally {
      faults?.end()
    }
    await run.finalReads()
    const cutOff = signal?.aborted === true
    return {
      header: cutOff ? { ...header, cut_off: true } : header,
      operations: [...recorder.operations].sort((a, b) => a.call - b.call),
    }
  } finally {
    await Promise.all([...instances, ...(reading ? [reading] : [])].map(({ wire }) => wire.close()))
  }
}

function headerOf(
  { seed, faults }: RecordOptions,
  abilities: Abilities,
  name: string,
): HistoryHeader {
  const { versions, keys } = abilities
  return {
    format: 'pushcart-history',
    format_version: 1,
    seed,
    service: { name, versions, keys },
    faults: faults?.plan.faults ?? [],
    fault_windows: faults?.plan.windows.map(({ fault, from_ms, to_ms }) => ({
      fault,
      from: from_ms * 1e6,
      to: to_ms * 1e6,
    })),
  }
}

/** What stands behind the service, where it says so (`GET /health`, as this project's does), and where it is. */
async function nameOf(wire: Wire): Promise<string> {
  const { body } = await wire.send({ method: 'GET', path: '/health' })
  const { store, emulator } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof store !== 'string' || !/^[\w ]{1,40}$/.test(store)) return wire.host
  return `${store}${emulator === true ? ' (emulator)' : ''} at ${wire.host}`
}
