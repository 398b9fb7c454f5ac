import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SignedEndpoint } from '../../../common/aws-signature.ts'

/** Hosts of Amazon's endpoints in all partitions with a public name, including FIPS, dual-stack and VPC endpoints. */
const AMAZON = /\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))\.?$/i

/** Whether a host is not one of Amazon's: an emulator or a proxy. */
export function isEmulator(host: string): boolean {
  return !AMAZON.test(`.${host}`)
}

export interface Endpoint extends SignedEndpoint {
  /** `https:` or `http:`. */
  readonly protocol: string
  readonly hostname: string
}

/**
 * Watches where the requests of a client go and how they are signed. Only a sent request takes settings, variables,
 * profiles and account endpoints into account; `client.config` before a first request does not.
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
