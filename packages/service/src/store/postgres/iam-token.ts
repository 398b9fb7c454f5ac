import { hash } from 'node:crypto'
import { awsKeys } from '../../common/aws-keys.ts'
import type { Keys } from '../../common/aws-signature.ts'
import { hmac, signingKey, signingTime } from '../../common/aws-signing.ts'

/** The server and user that a password is for. */
export interface Login {
  readonly host: string
  readonly port: number
  readonly user: string
}

/** A token of AWS IAM, with which a user logs in to RDS or Aurora instead of a password. */
export async function iamToken(login: Login): Promise<string> {
  return presignedToken(login, await awsKeys(), regionOf(login.host), Date.now())
}

/** The region in the name of an RDS endpoint; behind another name, that of the environment. */
function regionOf(host: string): string {
  const region =
    /\.([a-z0-9-]+)\.rds\.amazonaws\.com/.exec(host)?.[1] ??
    process.env.AWS_REGION ??
    process.env.AWS_DEFAULT_REGION
  if (region !== undefined) return region
  throw new Error(`set AWS_REGION, because the host ${host} names no region`)
}

/** Maximum age of a token at login, seconds. */
const EXPIRES = 900

/**
 * The token is a presigned request without its scheme
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html).
 */
export function presignedToken(
  { host, port, user }: Login,
  { accessKeyId, secretAccessKey, sessionToken }: Keys,
  region: string,
  now: number,
): string {
  const time = signingTime(now)
  const day = time.slice(0, 8)
  const scope = `${day}/${region}/rds-db/aws4_request`
  const parameters = {
    Action: 'connect',
    DBUser: user,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': `${EXPIRES}`,
    ...(sessionToken !== undefined && { 'X-Amz-Security-Token': sessionToken }),
    'X-Amz-SignedHeaders': 'host',
  }
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${escaped(value)}`)
    .join('&')
  const server = `${host}:${port}`
  const canonical = `GET\n/\n${query}\nhost:${server}\n\nhost\n${hash('sha256', '')}`
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`
  const key = signingKey(secretAccessKey, day, region, 'rds-db')
  return `${server}/?${query}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}`
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
