import { describe, expect, it } from 'vitest'
import {
  COMPOSE_RULES,
  composeFile,
  composeProblems,
} from '../../scripts/container/compose-rules.ts'

const TEXT = composeFile()

/** A mistake by the rule that must notice it: what is replaced in compose.yaml, and by what. */
const MISTAKES: Readonly<Record<string, readonly [string | RegExp, string]>> = {
  'the service on both stores': ['CART_STORE_TYPE: dynamodb', 'CART_STORE_TYPE: memory'],
  'images have a version': [/postgres:18\S+/, 'postgres:latest'],
  'ports are open to this machine alone': ['127.0.0.1:8081:8080', '8081:8080'],
  'each service has a port of its own, databases have none': [
    '127.0.0.1:8082:8080',
    '127.0.0.1:8081:8080',
  ],
  'databases have a health check; the image of the service has its own': [
    /test: \[CMD, pg_isready.*/,
    'test: [NONE]',
  ],
  'started when its database answers': ['service_healthy', 'service_started'],
  'what is depended on is there': [/\n {2}dynamodb:\n/, '\n  emulator:\n'],
  'settings that the service knows': ['DYNAMODB_TABLE_NAME', 'DYNAMODB_TABLE'],
  'the service makes its table or schema': ['[serve, --migrate]', '[serve]'],
  'the service has a read-only root and no capabilities': ['read_only: true', 'read_only: false'],
  'nothing is privileged': ['    user: root', '    user: root\n    privileged: true'],
  'time to drain before it is killed': ['stop_grace_period: 20s', 'stop_grace_period: 5s'],
  'data are on named volumes, each declared and used': ['postgres-data:/var', './data:/var'],
  'no secret but what is for this machine only': ['pushcart:local-only@', 'pushcart:Tr0ub4dor@'],
  'DynamoDB Local tells nobody what it does, and keeps its data on its volume': [
    ' -disableTelemetry,',
    '',
  ],
}

function problemsWith([from, to]: readonly [string | RegExp, string]): string {
  const text = TEXT.replace(from, to)
  expect(text).not.toBe(TEXT)
  return composeProblems(text).join('\n')
}

describe('compose.yaml', () => {
  it('keeps every rule', () => {
    expect(composeProblems(TEXT)).toEqual([])
  })

  it.each(COMPOSE_RULES.map(({ name }) => name))('a mistake is noticed: %s', (name) => {
    const mistake = MISTAKES[name]
    if (mistake === undefined) throw new Error('no mistake for this rule')
    expect(problemsWith(mistake)).toContain(`${name}: `)
  })

  it.each([
    ['a misspelt key', 'depends_on:', 'depend_on:', 'depend_on'],
    ['a condition that does not exist', 'service_healthy', 'healthy', 'condition'],
    ['a duration without a unit', 'interval: 2s', 'interval: "2"', 'interval'],
    [
      'a volume with options',
      '  postgres-data:\n',
      '  postgres-data: { external: true }\n',
      'postgres-data',
    ],
  ])('is held against its schema: %s', (_, from, to, place) => {
    const problems = problemsWith([from, to])
    expect(problems).toMatch(/^schema: /)
    expect(problems).toContain(place)
  })
})
