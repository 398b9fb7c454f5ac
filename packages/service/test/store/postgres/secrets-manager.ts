import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { Hash } from '@smithy/core/serde'
import { SignatureV4 } from '@smithy/signature-v4'
import { listen } from '../../../../../test/support/listen.ts'

type Stage = 'AWSCURRENT' | 'AWSPENDING'

/** A stand-in for AWS Secrets Manager with one secret, on loopback. */
export interface SecretsManager {
  readonly url: string
  /** What `GetSecretValue` returns for each label, as a text. */
  readonly versions: Partial<Record<Stage, string>>
  /** The labels that were asked for, in order. */
  readonly asked: Stage[]
  /** Whether requests are refused as those of a role without the permission. */
  denied: boolean
  /** Resolves with the next request for the label. */
  next(stage: Stage): Promise<void>
  close(): Promise<void>
}

export const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/EXAMPLEKEY' }
export const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1a2b-AbCdEf'

/** Refuses requests whose signature is not that of the AWS SDK for the region of `ARN`. */
export async function startSecretsManager(): Promise<SecretsManager> {
  const waiting: { stage: Stage; resolve: () => void }[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { SecretId, VersionStage: stage } = JSON.parse(body) as {
      SecretId: string
      VersionStage: Stage
    }
    manager.asked.push(stage)
    for (const each of waiting.filter((one) => one.stage === stage)) each.resolve()
    const answer = (status: number, found: object) =>
      response.writeHead(status).end(JSON.stringify(found))
    if (!(await isSigned(request, body)))
      return answer(400, { __type: 'InvalidSignatureException' })
    if (manager.denied)
      return answer(400, { __type: 'AccessDeniedException', Message: 'no right to read it' })
    const SecretString = manager.versions[stage]
    if (SecretId !== ARN || SecretString === undefined)
      return answer(400, {
        __type: 'ResourceNotFoundException',
        message: `no version with ${stage}`,
      })
    return answer(200, { ARN, SecretString })
  })
  const { url, [Symbol.asyncDispose]: dispose } = await listen(server)
  let closed: Promise<void> | undefined
  const manager: SecretsManager = {
    url,
    close() {
      closed ??= dispose()
      return closed
    },
    versions: {},
    asked: [],
    denied: false,
    next: (stage) => new Promise((resolve) => waiting.push({ stage, resolve })),
  }
  return manager
}

async function isSigned({ headers }: IncomingMessage, body: string): Promise<boolean> {
  const signer = new SignatureV4({
    service: 'secretsmanager',
    region: 'eu-central-1',
    credentials: KEYS,
    sha256: Hash.bind(null, 'sha256'),
    applyChecksum: false,
  })
  const [, ...time] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(String(headers['x-amz-date'])) ?? []
  const [year, month, day, hour, minute, second] = time.map(Number)
  const names = ['host', 'content-type', 'x-amz-target']
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: String(headers.host),
      path: '/',
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
      body,
    },
    {
      signingDate: new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second)),
    },
  )
  return headers.authorization === signed.headers.authorization
}
