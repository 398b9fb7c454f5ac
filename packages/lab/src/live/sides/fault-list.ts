import type { FaultInfo } from '../protocol.ts'
import type { LiveSide } from './side.ts'

type Store = 'postgres' | 'dynamodb'

/** A fault of the page: which fault of the proxies it is on each store, or why the store does not have it. */
interface LiveFault extends Pick<FaultInfo, 'id' | 'title' | 'effect' | 'kind'> {
  readonly proxy: Readonly<Record<Store, string | null>>
  readonly absent?: Readonly<Partial<Record<Store, string>>>
}

const EVERYWHERE = { postgres: null, dynamodb: null }

/** In the order of the page. */
export const LIVE_FAULTS: readonly LiveFault[] = [
  {
    id: 'kill_database',
    title: 'Kill the database',
    effect: 'Ends the database process with SIGKILL. It starts again on its data.',
    kind: 'once',
    proxy: EVERYWHERE,
  },
  {
    id: 'reply_dropped',
    title: 'Drop replies after commit',
    effect: 'The database applies some changes, and the service never receives the response.',
    kind: 'switch',
    proxy: { postgres: 'reply_dropped', dynamodb: 'reply_dropped' },
  },
  {
    id: 'connection_cut',
    title: 'Cut connections',
    effect: 'Some connections between the service and the database break during a request.',
    kind: 'switch',
    proxy: { postgres: 'connection_cut', dynamodb: 'connection_reset' },
  },
  {
    id: 'latency',
    title: 'Slow network',
    effect: 'Some requests to the database take 20 to 250 ms longer.',
    kind: 'switch',
    proxy: { postgres: 'latency', dynamodb: 'latency' },
  },
  {
    id: 'throttled',
    title: 'Throttle',
    effect: 'DynamoDB refuses some requests as if the table had used up its capacity.',
    kind: 'switch',
    proxy: { postgres: null, dynamodb: 'throttled' },
    absent: { postgres: 'PostgreSQL does not throttle: it becomes slower.' },
  },
  {
    id: 'replica_lag',
    title: 'Lag the replicas',
    effect:
      'Eventual reads come from a standby or replicas, and lists of DynamoDB from indexes, that are up to 800 ms late.',
    kind: 'switch',
    proxy: EVERYWHERE,
  },
  {
    id: 'lost_updates',
    title: 'Faulty service: lost updates',
    effect: 'Shoppers use a service that adds by reading the cart and writing back a quantity.',
    kind: 'switch',
    proxy: EVERYWHERE,
  },
]

/** The faults as the page shows them. */
export function faultInfos(sides: readonly LiveSide[]): FaultInfo[] {
  return LIVE_FAULTS.map(({ id, title, effect, kind, absent = {} }) => {
    const reasons = sides.map(({ info: { key, own, store } }) => {
      if (!own || store === null)
        return [key, 'The lab did not start this service and injects no fault into it.'] as const
      return [key, absent[store]] as const
    })
    return {
      id,
      title,
      effect,
      kind,
      sides: reasons.flatMap(([key, reason]) => (reason === undefined ? [key] : [])),
      unavailable: Object.fromEntries(
        reasons.flatMap(([key, reason]) => (reason === undefined ? [] : [[key, reason]])),
      ),
    }
  })
}

/** The fault of the proxies; `undefined` for a fault that the page injects in another way. */
export function proxyFault(id: string, store: Store): string | undefined {
  return LIVE_FAULTS.find((fault) => fault.id === id)?.proxy[store] ?? undefined
}

/** Names of the proxies' faults of one store. */
export function proxyFaults(store: Store): string[] {
  return LIVE_FAULTS.flatMap(({ proxy }) => proxy[store] ?? [])
}
