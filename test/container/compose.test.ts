import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig, SETTINGS } from '../../packages/service/src/config/config.ts'
import { refusalOf } from '../../scripts/serve-words.ts'

interface Service {
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly stop_grace_period?: string
}

const file = readFileSync(new URL('../../compose.yaml', import.meta.url), 'utf8')
const { services } = parse(file, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
}
const ours = Object.values(services).filter(({ build }) => build !== undefined)

/** Variables of the AWS SDK, which are no settings of the service. */
const OF_SDK = /^AWS_(ENDPOINT_URL_DYNAMODB|REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY)$/

// The CI workflow runs `docker compose up`; these are the places where compose.yaml and the service must agree.
describe('compose.yaml', () => {
  it('runs the service on both stores, with settings that it accepts', () => {
    expect(ours.map(({ environment }) => environment.CART_STORE_TYPE)).toEqual([
      'postgres',
      'dynamodb',
    ])
    for (const { environment } of ours) {
      expect(() => loadConfig(environment)).not.toThrow()
      const others = Object.keys(environment).filter((name) => !(name in SETTINGS.properties))
      expect(others.filter((name) => !OF_SDK.test(name))).toEqual([])
    }
  })

  it('passes options that the executable of the image accepts', () => {
    for (const { command } of ours) {
      expect(command).toEqual(expect.arrayContaining(['--migrate']))
      expect(refusalOf(command ?? [])).toBeUndefined()
    }
  })

  it('starts each service when the database that its settings name is healthy', () => {
    for (const { environment, depends_on } of ours) {
      const hosts = Object.values(environment)
        .filter((value) => value.includes('://'))
        .map((value) => new URL(value).hostname)
      expect(hosts).toHaveLength(1)
      expect(depends_on).toEqual({ [hosts[0] ?? '']: { condition: 'service_healthy' } })
      expect(services).toHaveProperty(hosts[0] ?? '')
    }
  })

  it('opens the documented ports, to this machine only', () => {
    expect(Object.values(services).flatMap(({ ports = [] }) => ports)).toEqual([
      '127.0.0.1:8081:8080',
      '127.0.0.1:8082:8080',
    ])
  })

  it('gives the service more time to stop than it needs to drain', () => {
    for (const { environment, stop_grace_period } of ours) {
      const seconds = Number(/^(\d+)s$/.exec(stop_grace_period ?? '')?.[1])
      expect(seconds * 1000).toBeGreaterThan(loadConfig(environment).DRAIN_TIMEOUT_MS)
    }
  })
})
