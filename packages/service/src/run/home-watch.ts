import type { FastifyBaseLogger } from 'fastify'
import type { HomeMap, Homes } from '../cart/homes.ts'
import type { HomeEvents } from '../observe/home-events.ts'

/** A region learns this late, at most, that another one has a newer map; milliseconds. */
const INTERVAL_MS = 5000
/**
 * A known contradiction is logged by the first check after this time, milliseconds. Checks are at most `INTERVAL_MS + TIMEOUT_MS` apart, so
 * there is a line at least once a minute, and an alarm on the log lasts as long as the contradiction.
 */
const LINE_INTERVAL_MS = 50_000
/** How the line begins. The alarm of terraform/modules/observability/regions.tf filters the log by it. */
export const CONTRADICTS = 'HOME_REGIONS contradicts'
/** A region that does not respond delays the start by as much. */
const TIMEOUT_MS = 2000

export interface HomeWatch {
  /** Asks all other regions once. Never rejects. */
  check(): Promise<void>
  /** Checks at intervals from now on; does not keep the process alive. */
  start(): void
  /** Ends the checks, and waits for the one in progress. */
  stop(): Promise<void>
}

export interface HomeWatchOptions {
  readonly homes: Homes
  readonly urls: ReadonlyMap<string, string>
  readonly events: HomeEvents
  /** Of several workers, one has it. */
  readonly logger?: FastifyBaseLogger | undefined
  readonly intervalMs?: number
  /** Monotonic, milliseconds; `performance.now` by default. */
  readonly now?: () => number
}

interface Contradiction {
  /** What the region said last. */
  readonly map: HomeMap
  /** When it was logged last, by `now`. */
  readonly loggedAt: number
}

/**
 * Compares the map of homes with those of the other regions. The service refuses carts whose home is another one by a map that is at
 * least as new (`Homes.heard`), until all agree.
 */
export function watchHomes({
  homes,
  urls,
  events,
  logger,
  intervalMs = INTERVAL_MS,
  now = () => performance.now(),
}: HomeWatchOptions): HomeWatch {
  const others = [...urls].filter(([region]) => region !== homes.own)
  /** By region. */
  const contradicting = new Map<string, Contradiction>()
  let timer: NodeJS.Timeout | undefined
  let checking = Promise.resolve()
  let stopped = false

  async function compare(region: string, url: string): Promise<void> {
    const known = contradicting.get(region)
    const heard = await mapOf(url)
    // A region that does not respond: what it said last still counts, and is still logged.
    const map = heard ?? known?.map
    if (map === undefined) return
    if (heard !== undefined && !homes.heard(region, heard)) {
      if (contradicting.delete(region))
        logger?.warn({ region }, `HOME_REGIONS agrees with that of ${region} again`)
      return
    }
    const at = now()
    const isDue = known === undefined || at - known.loggedAt >= LINE_INTERVAL_MS
    contradicting.set(region, { map, loggedAt: isDue ? at : known.loggedAt })
    if (isDue)
      logger?.error(
        { region, theirs: map, ours: homes.map },
        `${CONTRADICTS} that of ${region}, whose HOME_VERSION is not lower: refusing the carts on whose home they differ`,
      )
  }

  async function check(): Promise<void> {
    await Promise.all(others.map(([region, url]) => compare(region, url)))
    events.contradicted(contradicting.size)
  }

  function wait(): void {
    timer = setTimeout(() => {
      checking = check().then(() => {
        if (!stopped) wait()
      })
    }, intervalMs).unref()
  }

  return {
    check,
    start: wait,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await checking
    },
  }
}

/** The map of the service at that address; `undefined` if it does not respond or has none. */
async function mapOf(url: string): Promise<HomeMap | undefined> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { home } = (await response.json()) as { home?: { version?: unknown; regions?: unknown } }
    const { version, regions } = home ?? {}
    if (typeof version !== 'number' || typeof regions !== 'object' || regions === null)
      return undefined
    const homes = Object.entries(regions).map(([name, value]) => [name, String(value)] as const)
    return { version, homes: Object.fromEntries(homes) }
  } catch {
    return undefined
  }
}
