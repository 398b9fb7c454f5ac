import { awsKeys } from '../../common/aws-keys.ts'
import { createSigner } from '../../common/aws-signature.ts'
import type { Login } from './iam-token.ts'

/** How long a password is used for further connections, milliseconds. */
const FRESH_MS = 10_000

/** Reads the password of a secret. */
export interface SecretReader {
  /** The password of a new connection; rejects with a reason that does not contain it. */
  read(login: Login): Promise<string>
  /** The server has refused the latest password. */
  refused(): void
}

/** Labels of a secret's versions: the one in use, and during a rotation the one that comes next. */
type Stage = 'AWSCURRENT' | 'AWSPENDING'

interface Known {
  readonly password: string
  /** Milliseconds of `performance.now()`. */
  readonly at: number
}

/**
 * The password in a secret of AWS Secrets Manager, which rotates there. The secret is read again after `FRESH_MS`, and at once
 * after the server has refused its password. A rotation changes the server's password before it makes the new version of the
 * secret the current one; meanwhile the pending version is read. If the secret cannot be read, the latest password is used.
 *
 * @param arn       contains the region
 * @param timeoutMs maximum time for one request, milliseconds
 */
export function openSecret(arn: string, timeoutMs: number): SecretReader {
  let known: Known | undefined
  let refused: string | undefined
  let reading: Promise<string> | undefined

  async function newest(login: Login): Promise<string> {
    const get = (stage: Stage) => getSecret(arn, stage, login, timeoutMs)
    const current = await get('AWSCURRENT')
    // No version is pending unless the secret is being rotated.
    return current === refused ? get('AWSPENDING').catch(() => current) : current
  }

  async function readAgain(login: Login): Promise<string> {
    const before = known
    try {
      const password = await newest(login)
      known = { password, at: performance.now() }
      return password
    } catch (error) {
      if (before === undefined) throw error
      return before.password
    }
  }

  return {
    async read(login) {
      if (known !== undefined && performance.now() < known.at + FRESH_MS) return known.password
      reading ??= readAgain(login).finally(() => {
        reading = undefined
      })
      return reading
    },
    refused() {
      if (known === undefined) return
      refused = known.password
      known = { ...known, at: Number.NEGATIVE_INFINITY }
    },
  }
}

/** @returns the password; rejects with a reason that does not contain it */
async function getSecret(
  arn: string,
  stage: Stage,
  login: Login,
  timeoutMs: number,
): Promise<string> {
  const [, partition = '', , region = ''] = arn.split(':')
  const url = endpointOf(partition, region)
  const sign = createSigner({
    host: url.host,
    path: url.pathname,
    region,
    service: 'secretsmanager',
  })
  const body = JSON.stringify({ SecretId: arn, VersionStage: stage })
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
  }
  const { host: _, ...signed } = sign({ headers, body }, await awsKeys(), Date.now())
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, { method: 'POST', headers: signed, body, signal }).catch(
    (error: Error) => {
      // The cause says what happened, such as a refused connection.
      throw error.cause instanceof Error ? error.cause : error
    },
  )
  const found: unknown = Object(await response.json().catch(() => undefined))
  if (!response.ok) throw new Error(refusalOf(response.status, found))
  return passwordIn(found, login)
}

const SUFFIXES: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
}

/** The variables that the AWS SDK reads too, or else Amazon's endpoint of the region. */
function endpointOf(partition: string, region: string): URL {
  const { AWS_ENDPOINT_URL_SECRETS_MANAGER: own, AWS_ENDPOINT_URL: general } = process.env
  const suffix = SUFFIXES[partition] ?? 'amazonaws.com'
  return new URL(own || general || `https://secretsmanager.${region}.${suffix}/`)
}

function refusalOf(status: number, body: unknown): string {
  const { __type: type, message, Message } = body as Partial<Record<string, string>>
  const code = type?.replace(/^.*#/, '') ?? `status ${status}`
  const reason = message ?? Message
  return reason === undefined ? code : `${code}: ${reason}`
}

/** The member `password` of a secret in JSON, as RDS and the rotation functions write it, or else the whole secret. */
function passwordIn(found: unknown, { user }: Login): string {
  const { SecretString: secret } = found as { SecretString?: unknown }
  if (typeof secret !== 'string') throw new Error('the secret is not a text')
  if (!secret.trimStart().startsWith('{')) return secret
  const { username, password } = membersOf(secret)
  if (typeof password !== 'string') throw new Error('the secret has no member "password"')
  if (username !== undefined && username !== user)
    throw new Error(
      `the secret is for the user ${JSON.stringify(username)}, DATABASE_URL for ${JSON.stringify(user)}`,
    )
  return password
}

function membersOf(secret: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(secret)
  } catch {
    // The error of JSON.parse quotes the secret.
    throw new Error('the secret is not valid JSON')
  }
}
