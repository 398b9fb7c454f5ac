import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { homeSettingsOf } from '../../src/config/home-settings.ts'

const GOOD = {
  CART_STORE_TYPE: 'dynamodb',
  DYNAMODB_TABLE_NAME: 'carts',
  HOME_REGION: 'eu-west-1',
  HOME_REGIONS: 'us-east-1=https://us.shop.example, eu-west-1=https://shop.example/eu/',
}

const problemOf = (env: Record<string, string>): string => {
  try {
    loadConfig(env)
    return 'no problem'
  } catch (error) {
    return (error as Error).message
  }
}

describe('settings of home regions', () => {
  it('are absent by default', () => {
    expect(homeSettingsOf(loadConfig({}))).toBeUndefined()
  })

  it('have a URL for each region', () => {
    expect(homeSettingsOf(loadConfig(GOOD))).toEqual({
      own: 'eu-west-1',
      map: { version: 1, homes: { 'us-east-1': 'us-east-1', 'eu-west-1': 'eu-west-1' } },
      urls: new Map([
        ['us-east-1', 'https://us.shop.example'],
        ['eu-west-1', 'https://shop.example/eu'],
      ]),
      endpoints: new Map(),
      requests: 'proxy',
      timeoutMs: 3000,
    })
  })

  it('can name the region that has taken over, and pause one', () => {
    const HOME_REGIONS = 'us-east-1=eu-west-1,eu-west-1=https://eu.example,ap-south-1=paused'
    const config = loadConfig({ ...GOOD, HOME_REGIONS, HOME_VERSION: '2' })
    expect(homeSettingsOf(config)?.map).toEqual({
      version: 2,
      homes: { 'us-east-1': 'eu-west-1', 'eu-west-1': 'eu-west-1', 'ap-south-1': 'paused' },
    })
  })

  it.each([
    [{ HOME_REGION: '' }, 'HOME_REGION is not set'],
    [
      { HOME_REGION: 'ap-south-1' },
      'HOME_REGION must be one of HOME_REGIONS: us-east-1, eu-west-1',
    ],
    [{ HOME_REGION: 'constructor' }, 'HOME_REGION must be one of HOME_REGIONS'],
    [{ HOME_REGIONS: '' }, 'HOME_REGION has no effect without HOME_REGIONS'],
    [{ HOME_REGIONS: 'https://us.example' }, 'HOME_REGIONS must be region=value pairs'],
    [{ HOME_REGIONS: 'eu-west-1=' }, 'HOME_REGIONS must be region=value pairs'],
    [{ HOME_REGIONS: 'EU=https://eu.example' }, 'HOME_REGIONS must be region=value pairs'],
    [{ HOME_REGIONS: '1=https://eu.example' }, 'HOME_REGIONS must be region=value pairs'],
    [{ HOME_REGIONS: `${GOOD.HOME_REGIONS},eu-west-1=paused` }, 'HOME_REGIONS has eu-west-1 twice'],
    [
      { HOME_REGIONS: 'eu-west-1=https://u:p@eu.example' },
      'a URL without user, query and fragment',
    ],
    [
      { HOME_REGIONS: 'eu-west-1=https://eu.example?a=1' },
      'a URL without user, query and fragment',
    ],
    [{ HOME_REGIONS: 'eu-west-1=ftp://eu.example' }, 'must give eu-west-1 a URL, "paused" or'],
    [
      { HOME_REGIONS: 'a=b,b=eu-west-1,eu-west-1=https://eu.example' },
      'must give a a URL, "paused"',
    ],
    [{ HOME_REQUESTS: 'forward' }, 'HOME_REQUESTS must be one of proxy, redirect, table'],
    [{ HOME_VERSION: '0' }, 'HOME_VERSION must be >= 1'],
    [{ HOME_TIMEOUT_MS: '1' }, 'HOME_TIMEOUT_MS must be >= 100'],
    [
      { HOME_ENDPOINTS: 'us-east-1=dynamodb' },
      'HOME_ENDPOINTS must give us-east-1 an http or https',
    ],
    [{ HOME_ENDPOINTS: 'mars=http://127.0.0.1:1' }, 'HOME_ENDPOINTS has mars, which is not one of'],
    [{ HOME_REGOINS: 'a=b' }, 'HOME_REGOINS is not a setting; the nearest one is HOME_REGION'],
    [{ CART_STORE_TYPE: 'memory' }, 'HOME_REGIONS requires CART_STORE_TYPE=dynamodb (got memory)'],
    [
      { DYNAMODB_TABLE_NAME: 'arn:aws:dynamodb:eu-west-1:123456789012:table/carts' },
      'DYNAMODB_TABLE_NAME must be a name and not an ARN',
    ],
    [{ MOVE_TO_CART_STORE_TYPE: 'postgres' }, 'exclude each other'],
  ])('%o is refused in one line', (change, problem) => {
    const message = problemOf({ ...GOOD, ...change })
    expect(message).toContain(problem)
    expect(message).not.toContain('\n')
  })
})
