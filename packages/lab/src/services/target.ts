import type { Access } from '../cart-api/access.ts'
import { parseHostUrl } from '../cart-api/host-url.ts'
import { setUp } from '../cart-api/set-up.ts'
import { type Side, sideKey, storeLabel } from '../results/side.ts'
import { probe, type SelfDescription } from './probe.ts'

/** A compared deployment and its URL. */
export interface Target {
  readonly side: Side
  readonly url: string
  /** How it is spoken to; by default as pushcart is. */
  readonly access?: Access | undefined
  /** Process and data folder of a service that the comparison started. */
  readonly own?: {
    readonly pid: number
    readonly dataDir: string
    /** Of a database that the service did not start. */
    readonly databasePid?: number | undefined
  }
}

/** A running service. */
export interface NamedUrl {
  readonly url: string
  readonly access?: Access | undefined
  readonly label?: string | undefined
}

const LONGEST_LABEL = 60
// `<key>_results.json` of these keys is a file that every comparison writes.
const RESERVED_KEYS = new Set(['combined', 'consistency-test'])

/**
 * Opens two running deployments, named by their labels, else by the database that they report, else A and B.
 *
 * @throws UsageError for an invalid URL, UnreachableError if a service does not respond
 */
export async function openUrls(
  given: readonly [NamedUrl, NamedUrl],
  signal?: AbortSignal,
): Promise<Target[]> {
  for (const { url } of given) parseHostUrl(url)
  const found = []
  for (const { url, label, access } of given) {
    const self = await probe(url, signal, access)
    const own = access === undefined ? undefined : await setUp(url, access, { signal })
    found.push({ url, label, self, access: own })
  }
  const names = found.map(({ url, label, self }, index) =>
    nameOf(index === 0 ? 'A' : 'B', url, label, self),
  )
  const alike = names[0]?.key === names[1]?.key
  return found.map(({ url, self, access }, index) => {
    const letter = index === 0 ? 'A' : 'B'
    const { key, label } = names[index] ?? { key: letter.toLowerCase(), label: letter }
    const apart = alike || RESERVED_KEYS.has(key)
    return {
      url,
      access,
      side: {
        key: apart ? `${key}-${letter.toLowerCase()}` : key,
        label: alike ? `${label} ${letter}` : label,
        ...self,
        address: url,
        database_version: null,
        durability: null,
      },
    }
  })
}

/** A target compared with itself: any difference is noise. */
export function twice([target]: readonly Target[]): Target[] {
  if (target === undefined) return []
  const { side } = target
  return ['a', 'b'].map((letter) => ({
    ...target,
    side: { ...side, key: `${side.key}-${letter}`, label: `${side.label} ${letter.toUpperCase()}` },
  }))
}

function nameOf(
  letter: string,
  url: string,
  label: string | undefined,
  { store, read_consistency, layout }: SelfDescription,
): Pick<Side, 'key' | 'label'> {
  if (label !== undefined && label.trim() !== '')
    return {
      key: sideKey(label, letter.toLowerCase()),
      label: label.trim().slice(0, LONGEST_LABEL),
    }
  if (store === null)
    return { key: letter.toLowerCase(), label: `${letter} (${new URL(url).host})` }
  const reads = store === 'dynamodb' ? read_consistency : null
  const variant = reads === 'strong' ? '-strong' : layout === 'document' ? '-document' : ''
  return {
    key: `${store}${variant}`,
    label: storeLabel(store, reads, layout),
  }
}
