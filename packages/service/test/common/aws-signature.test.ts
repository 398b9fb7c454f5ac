import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../../src/common/aws-signature.ts'

const T = Date.UTC(2015, 7, 30, 12, 36)
const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='

/** The POST requests without a query of AWS's published test suite for Signature Version 4. */
describe("the vectors of AWS's test suite", () => {
  const sign = createSigner({
    host: 'example.amazonaws.com',
    path: '/',
    region: 'us-east-1',
    service: 'service',
  })

  it.each([
    [
      'post-vanilla',
      {},
      '',
      undefined,
      'host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'post-header-key-sort',
      { 'my-header1': 'value1' },
      '',
      undefined,
      'host;my-header1;x-amz-date, Signature=c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
    ],
    [
      'post-header-value-case',
      { 'my-header1': 'VALUE1' },
      '',
      undefined,
      'host;my-header1;x-amz-date, Signature=cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    ],
    [
      'post-x-www-form-urlencoded',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Param1=value1',
      undefined,
      'content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'post-sts-header-before',
      {},
      '',
      sessionToken,
      'host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    ],
  ])('%s', (_name, headers, body, token, signature) => {
    const signed = sign({ headers, body }, { ...keys, sessionToken: token }, T)
    expect(signed.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signature}`,
    )
    expect(signed['x-amz-security-token']).toBe(token)
    expect(signed['x-amz-date']).toBe('20150830T123600Z')
  })
})

/** The hash that the SDK's signer expects. */
class Sha256 {
  readonly #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', asKey(secret))
  }
  update(data: Uint8Array): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

function asKey(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === 'string') return secret
  if (secret instanceof ArrayBuffer) return new Uint8Array(secret)
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
}

describe("the SDK's signer", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9/+=.-]{1,40}$/)
  const value = fc.stringMatching(/^[!-~]([ !-~]{0,30}[!-~])?$/)
  const requests = fc.record({
    host: fc.constantFrom('127.0.0.1:8000', 'dynamodb.eu-west-1.amazonaws.com'),
    path: fc.constantFrom('/', '/base/', '/a/b', '/a%20b/c*(d)/'),
    region: fc.constantFrom('us-east-1', 'eu-west-1'),
    headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), value, { noNullPrototype: true }),
    body: fc.string({ unit: 'grapheme' }),
    keys: fc.record({
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{4,20}$/),
      secretAccessKey: word,
      sessionToken: fc.option(word, { nil: undefined }),
    }),
    // Within a day and across days, so that the cached key is used and replaced.
    times: fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 1, maxLength: 3 }),
  })

  it('computes the same signature for every request', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ host, path, region, headers, body, keys, times }) => {
        const ours = createSigner({ host, path, region, service: 'dynamodb' })
        const theirs = new SignatureV4({
          credentials: { ...keys, sessionToken: keys.sessionToken ?? '' },
          region,
          service: 'dynamodb',
          sha256: Sha256,
          applyChecksum: false,
        })
        for (const time of [...times, ...times]) {
          const signed = ours({ headers, body }, keys, time)
          const expected = await theirs.sign(
            {
              method: 'POST',
              protocol: 'https:',
              hostname: host,
              path,
              headers: { ...headers, host },
              body,
            },
            { signingDate: new Date(time) },
          )
          expect(signed).toEqual(expected.headers)
        }
      }),
      { numRuns: 300, seed: 4 },
    )
  })
})
