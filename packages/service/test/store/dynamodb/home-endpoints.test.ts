import { describe, expect, it } from 'vitest'
import { openHomes } from '../../../src/cart/homes.ts'
import { elsewhereOf } from '../../../src/store/dynamodb/home-endpoints.ts'

const MAP = { version: 1, homes: { 'us-east-1': 'us-east-1', 'eu-west-1': 'eu-west-1' } }
const inUs = {
  homes: openHomes('us-east-1', MAP),
  endpoints: new Map<string, string>(),
  timeoutMs: 1000,
}
const at = (hostname: string, region = 'us-east-1') => ({
  protocol: 'https:',
  hostname,
  host: hostname,
  path: '/',
  region,
  service: 'dynamodb',
})

describe('the endpoint of DynamoDB in another region', () => {
  it.each([
    ['dynamodb.us-east-1.amazonaws.com', 'dynamodb.eu-west-1.amazonaws.com'],
    ['dynamodb-fips.us-east-1.amazonaws.com', 'dynamodb-fips.eu-west-1.amazonaws.com'],
    ['123456789012.ddb.us-east-1.amazonaws.com', '123456789012.ddb.eu-west-1.amazonaws.com'],
    ['dynamodb.us-east-1.api.aws', 'dynamodb.eu-west-1.api.aws'],
  ])('follows from %s', (own, other) => {
    expect(elsewhereOf(inUs, at(own))).toEqual([['eu-west-1', at(other, 'eu-west-1')]])
  })

  it('is signed for its region when it is given', () => {
    const endpoints = new Map([['eu-west-1', 'http://127.0.0.1:8000/']])
    expect(elsewhereOf({ ...inUs, endpoints }, at('dynamodb.us-east-1.amazonaws.com'))).toEqual([
      [
        'eu-west-1',
        {
          ...at('127.0.0.1', 'eu-west-1'),
          protocol: 'http:',
          host: '127.0.0.1:8000',
        },
      ],
    ])
  })

  it.each(['127.0.0.1', 'vpce-0a1b-2c3d.dynamodb.us-east-1.vpce.amazonaws.com'])(
    'must be given beside %s',
    (own) => {
      expect(() => elsewhereOf(inUs, at(own))).toThrow(/HOME_ENDPOINTS must have the endpoint/)
    },
  )

  it('is refused if the own table is in another region than HOME_REGION says', () => {
    expect(() => elsewhereOf(inUs, at('dynamodb.eu-west-1.amazonaws.com', 'eu-west-1'))).toThrow(
      'HOME_REGION must be the region of the table: requests go to eu-west-1 (got us-east-1)',
    )
  })
})
