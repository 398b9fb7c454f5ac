import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** Where Amazon's own endpoints are, in all its partitions that have a public name; FIPS, dual-stack and VPC too. */
const AMAZON = /\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))\.?$/i

/** Whether a host is not one of Amazon's: an emulator, or something in between. */
export function isEmulator(host: string): boolean {
  return !AMAZON.test(`.${host}`)
}

export interface Endpoint {
  readonly hostname: string
  /** `host:port`, or the host alone when the port is the usual one. */
  readonly host: string
}

/**
 * Notes where the requests of a client go. Only that counts settings, variables, profiles and account endpoints
 * alike; what `client.config` says before a first request does not.
 *
 * @returns the endpoint of the latest request; `undefined` before the first
 */
export function watchEndpoint(client: DynamoDBClient): () => Endpoint | undefined {
  let seen: Endpoint | undefined
  client.middlewareStack.add(
    (next) => (args) => {
      const { hostname, port } = args.request as { hostname: string; port?: number }
      seen = { hostname, host: port === undefined ? hostname : `${hostname}:${port}` }
      return next(args)
    },
    { step: 'finalizeRequest', name: 'watchEndpoint' },
  )
  return () => seen
}
