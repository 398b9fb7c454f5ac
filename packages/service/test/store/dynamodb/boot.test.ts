import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { clientConfigFor, useDynamo } from '../../../../../test/support/dynamodb.ts'
import { listen } from '../../../../../test/support/listen.ts'
import { CartError } from '../../../src/cart/errors.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import { bootFailure } from '../../../src/store/dynamodb/boot-failure.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { openGuard } from '../../../src/store/dynamodb/guard.ts'
import { isEmulator } from '../../../src/store/dynamodb/wire/endpoint.ts'

const dynamo = useDynamo()
const NOWHERE = join(tmpdir(), 'pushcart-no-such-file')
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((each) => each.startsWith('AWS_')))
    vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', NOWHERE)
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', NOWHERE)
})
afterAll(() => {
  vi.unstubAllEnvs()
})

type ClientConfig = NonNullable<Parameters<typeof openDynamoStore>[0]['clientConfig']>
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'hush-hush' }

async function failureOf(clientConfig: ClientConfig): Promise<CartError> {
  const error = await openDynamoStore({ tableName: 'no-carts', clientConfig }).catch((e) => e)
  expect(error).toBeInstanceOf(CartError)
  return error
}

describe('a failed start reports the reason in one line', () => {
  it.each([
    [
      'no credentials',
      () => ({ endpoint: dynamo.endpoint(), region: 'us-east-1' }),
      'STORE_MISCONFIGURED',
      /credentials/i,
    ],
    [
      'nothing listens at the endpoint',
      // Port 9 (discard) is closed on loopback.
      () => ({ ...clientConfigFor('http://127.0.0.1:9'), credentials: keys, maxAttempts: 1 }),
      'STORE_UNAVAILABLE',
      /at 127\.0\.0\.1:9: connect ECONNREFUSED/,
    ],
    ['no table', () => dynamo.clientConfig(), 'STORE_MISCONFIGURED', /no table "no-carts"/],
  ] as const)('%s', async (_what, config, code, words) => {
    const error = await failureOf(config())
    expect(error.code).toBe(code)
    expect(error.message).toMatch(words)
    expect(error.message).toContain('no-carts')
    expect(error.message).not.toMatch(/\n|AKIDEXAMPLE|hush-hush/)
  })

  it('no region, a setting', async () => {
    const opening = openDynamoStore({ tableName: 'no-carts', clientConfig: { credentials: keys } })
    await expect(opening).rejects.toThrow(
      new ConfigError('AWS_REGION is not set: CART_STORE_TYPE=dynamodb requires it'),
    )
  })

  it('refused keys, without the headers and further lines of the refusal', async () => {
    const message =
      "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x\nand more"
    const server = createServer((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify({ __type: 'IncompleteSignatureException', message }))
    })
    await using listening = await listen(server)
    const error = await failureOf(clientConfigFor(listening.url))
    expect(error.code).toBe('STORE_MISCONFIGURED')
    expect(error.message).toMatch(/requires 'Signature' parameter\.$/)
  })

  it('the code of a failure without a message', () => {
    const error = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })
    expect(bootFailure(error, 'carts', 'localhost:8000').message).toBe(
      'The table "carts" of DynamoDB cannot be used at localhost:8000: ECONNREFUSED',
    )
  })
})

describe('an emulator', () => {
  it.each([
    ['dynamodb.eu-west-1.amazonaws.com', false],
    ['123456789012.ddb.us-east-1.amazonaws.com', false],
    ['vpce-1-2.dynamodb.us-east-1.vpce.amazonaws.com', false],
    ['dynamodb-fips.us-gov-west-1.amazonaws.com', false],
    ['dynamodb.cn-north-1.amazonaws.com.cn', false],
    ['dynamodb.us-east-1.api.aws', false],
    ['dynamodb.cn-north-1.api.amazonwebservices.com.cn', false],
    ['127.0.0.1', true],
    ['localhost', true],
    ['amazonaws.com.example.org', true],
    ['notamazonaws.com', true],
    ['', true],
  ])('%s: %s', (host, emulator) => {
    expect(isEmulator(host)).toBe(emulator)
  })

  it('is detected even if only a profile has the endpoint', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pushcart-profile-'))
    const file = join(folder, 'config')
    await writeFile(file, `[default]\nregion = us-east-1\nendpoint_url = ${dynamo.endpoint()}\n`)
    vi.stubEnv('AWS_CONFIG_FILE', file)
    const tableName = dynamo.newTableName()
    const store = await openDynamoStore({
      tableName,
      migrate: true,
      clientConfig: { credentials: keys },
    })
    expect(store.emulator).toBe(true)
    await store.close()
    await rm(folder, { recursive: true })
  })
})

it('a call that throws synchronously fails like any other', async () => {
  const call = () => {
    throw new TypeError('x is not a function')
  }
  await expect(openGuard().run(call)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
})
