import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { Keys } from './aws-signature.ts'

/** AWS caches and renews the keys. */
let provider: (() => Promise<Keys>) | undefined

/** The credentials of this process from the usual sources of the AWS SDK. Rejects if there are none. */
export function awsKeys(): Promise<Keys> {
  provider ??= defaultProvider()
  return provider()
}
