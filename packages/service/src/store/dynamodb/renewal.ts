import { isStaleCredentials } from './errors.ts'
import type { Request } from './transport.ts'

interface Identity {
  readonly accessKeyId: string
  readonly sessionToken?: string | undefined
}

/** The SDK's provider, which keeps credentials until they expire. */
export type Credentials = (options?: { readonly forceRefresh?: boolean }) => Promise<Identity>

/** Requests that are refused shortly after a renewal share it: invalid credentials must not be fetched for every request. */
const SHARED_MS = 1000

/**
 * Renews the credentials when DynamoDB no longer accepts them, and sends the refused request once more: it was not executed.
 * Credentials may become invalid before the time at which they were to expire, when a role or a key is replaced.
 */
export function renewing(
  request: Request,
  credentials: Credentials,
  clock: () => number = () => performance.now(),
): Request {
  let latest: { readonly at: number; readonly changed: Promise<boolean> } | undefined

  /** Whether there are other credentials now. */
  function renew(): Promise<boolean> {
    if (latest === undefined || clock() - latest.at > SHARED_MS)
      latest = { at: clock(), changed: change() }
    return latest.changed
  }

  async function change(): Promise<boolean> {
    try {
      const before = await credentials()
      const after = await credentials({ forceRefresh: true })
      return before.accessKeyId !== after.accessKeyId || before.sessionToken !== after.sessionToken
    } catch {
      return false
    }
  }

  return async (operation, input) => {
    try {
      return await request(operation, input)
    } catch (error) {
      if (isStaleCredentials(error) && (await renew())) return request(operation, input)
      throw error
    }
  }
}
