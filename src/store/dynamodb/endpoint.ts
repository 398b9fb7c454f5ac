import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SignedEndpoint } from './signature.ts'

/** Where Amazon's own endpoints are, in all its partitions that have a public name; FIPS, dual-stack and VPC too. */
const AMAZON = /\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))\.?$/i

/** Whether a host is not one of Amazon's: an emulator, or something in between. */
export function isEmulator(host: string): boolean {
  return !AMAZON.test(`.${host}`)
}

export interface Endpoint extends SignedEndpoint {
  /** `https:` or `http:`. */
  readonly protocol: string
  readonly hostname: string
}

/**
 * Notes where the requests of a client go and how they are signed. Only that counts settings, variables, profiles and
 * account endpoints alike; what `client.config` says before a first request does not.
 *
 * @returns the endpoint of the latest request; `undefined` before the first
 */
export function watchEndpoint(client: DynamoDBClient): () => Endpoint | undefined {
  let seen: Endpoint | undefined
  client.middlewareStack.add(
    (next) => (args) => {
      seen = endpointOf(args.request as SentRequest)
      return next(args)
    },
    { step: 'finalizeRequest', name: 'watchEndpoint' },
  )
  return () => seen
}

interface SentRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** `Credential=<key id>/<day>/<region>/<service>/aws4_request`. */
const SCOPE = /Credential=[^,]*\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/

function endpointOf({ protocol, hostname, port, path, headers }: SentRequest): Endpoint {
  const [, region = '', service = ''] = SCOPE.exec(headers.authorization ?? '') ?? []
  const { host } = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`)
  return { protocol, hostname, host, path, region, service }
}
