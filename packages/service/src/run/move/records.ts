import type { Side } from '../../cart/residence.ts'
import type { Pair } from '../../store/moving/pair.ts'
import type { Residences, ScanPage } from '../../store/residences.ts'
import { type Pause, readPatiently, type Visit } from './persistence.ts'

export interface ScanOptions {
  /** Maximum of visits at a time. */
  readonly workers: number
  readonly signal: AbortSignal
  readonly pause?: Pause | undefined
}

const PAGE = 100

/**
 * Calls `visit` for every record of one side. The next page is read while the records of the last one are visited, so that no
 * visit waits for another one. After a failed visit no other begins.
 */
export async function eachRecord(
  pair: Pair,
  side: Side,
  options: ScanOptions,
  visit: Visit,
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const records = scanAhead(pair[side].residences, { ...options, signal })
  const work = async () => {
    for await (const { cartId, record } of records) {
      signal.throwIfAborted()
      await visit(cartId, record, signal)
    }
  }
  try {
    await Promise.all(Array.from({ length: options.workers }, work))
  } catch (error) {
    failed.abort(error)
    throw error
  }
}

/** All records, with one page read ahead. Several may take them from here in turn. */
async function* scanAhead(
  residences: Residences,
  options: Pick<ScanOptions, 'signal' | 'pause'>,
): AsyncGenerator<ScanPage['records'][number], void> {
  const read = (after?: string) => {
    const page = readPatiently(() => residences.scan({ after, limit: PAGE }), options)
    // It fails when it is awaited.
    page.catch(() => {})
    return page
  }
  for (let coming: Promise<ScanPage> | undefined = read(); coming !== undefined; ) {
    const { records, next }: ScanPage = await coming
    coming = next === undefined ? undefined : read(next)
    yield* records
  }
}
