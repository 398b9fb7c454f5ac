import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { loadConfig, SETTINGS } from '../../src/config.ts'
import { COMPOSE_SCHEMA, type Compose, type ComposeService } from './compose-schema.ts'
import { CONTEXT } from './context.ts'
import type { Rule } from './dockerfile-rules.ts'

const isCompose = new Ajv({ allErrors: true }).compile<Compose>(COMPOSE_SCHEMA)

/** The file as it stands. */
export function composeFile(): string {
  return readFileSync(join(CONTEXT, 'compose.yaml'), 'utf8')
}

/** Every rule that is broken, as `rule: problem`; only the schema's problems where that is broken. */
export function composeProblems(text: string): string[] {
  const compose: unknown = parse(text, { merge: true })
  if (!isCompose(compose))
    return (isCompose.errors ?? []).map(({ instancePath, message, params }) => {
      const name = params.additionalProperty === undefined ? '' : ` ${params.additionalProperty}`
      return `schema: ${instancePath} ${message}${name}`
    })
  return COMPOSE_RULES.flatMap(({ name, problems }) =>
    problems(compose).map((problem) => `${name}: ${problem}`),
  )
}

/** Names of the services of which this does not hold. */
const failing =
  (
    select: (service: ComposeService) => boolean,
    holds: (service: ComposeService, name: string) => boolean,
  ) =>
  ({ services }: Compose): string[] =>
    Object.entries(services)
      .filter(([name, service]) => select(service) && !holds(service, name))
      .map(([name]) => name)

const any = () => true
/** Runs our image, not a database's. */
const ours = ({ build }: ComposeService) => build !== undefined
const databases = (service: ComposeService) => !ours(service)

/** Variables of the SDK, beside the service's own settings. */
const OF_SDK = [
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
]

const hostPort = (port: string) => /^127\.0\.0\.1:(\d+):8080$/.exec(port)?.[1]

/** Host names that a service's settings point to. */
function hosts({ environment = {} }: ComposeService): string[] {
  return Object.values(environment)
    .filter((value) => URL.canParse(value) && value.includes('://'))
    .map((value) => new URL(value).hostname)
}

export const COMPOSE_RULES: readonly Rule<Compose>[] = [
  {
    name: 'the service on both stores',
    problems: ({ services }) => {
      const kinds = Object.values(services).map(({ environment }) => environment?.CART_STORE_TYPE)
      return ['postgres', 'dynamodb'].filter((kind) => !kinds.includes(kind))
    },
  },
  {
    name: 'images have a version',
    problems: failing(databases, ({ image }) => /:\d+\.\d+/.test(image)),
  },
  {
    name: 'ports are open to this machine alone',
    problems: failing(any, ({ ports = [] }) => ports.every((port) => hostPort(port) !== undefined)),
  },
  {
    name: 'each service has a port of its own, databases have none',
    problems: (compose) => {
      const taken = Object.values(compose.services).flatMap(({ ports = [] }) => ports.map(hostPort))
      return [
        ...failing(ours, ({ ports = [] }) => ports.length === 1)(compose),
        ...failing(databases, ({ ports = [] }) => ports.length === 0)(compose),
        ...taken
          .filter((port, place) => taken.indexOf(port) !== place)
          .map((port) => `${port} is there twice`),
      ]
    },
  },
  {
    name: 'databases have a health check; the image of the service has its own',
    problems: (compose) => [
      ...failing(databases, ({ healthcheck }) => healthcheck?.test[0] === 'CMD')(compose),
      ...failing(ours, ({ healthcheck }) => healthcheck === undefined)(compose),
    ],
  },
  {
    name: 'started when its database answers',
    problems: (compose) =>
      failing(ours, (service) => {
        const needed = hosts(service)
        return (
          needed.length > 0 &&
          needed.every((host) => service.depends_on?.[host]?.condition === 'service_healthy')
        )
      })(compose),
  },
  {
    name: 'what is depended on is there',
    problems: ({ services }) =>
      Object.values(services)
        .flatMap(({ depends_on = {} }) => Object.keys(depends_on))
        .filter((name) => !(name in services)),
  },
  {
    name: 'settings that the service knows',
    problems: ({ services }) =>
      Object.entries(services)
        .filter(([, service]) => ours(service))
        .flatMap(([name, { environment = {} }]) => {
          const unknown = Object.keys(environment).filter(
            (key) => !(key in SETTINGS.properties) && !OF_SDK.includes(key),
          )
          try {
            loadConfig(environment)
            return unknown
          } catch (error) {
            return [...unknown, `${name}: ${error}`]
          }
        }),
  },
  {
    name: 'the service makes its table or schema',
    problems: failing(ours, ({ command }) => command?.join(' ') === 'serve --migrate'),
  },
  {
    name: 'the service has a read-only root and no capabilities',
    problems: failing(
      ours,
      ({ read_only, cap_drop, security_opt, user }) =>
        read_only === true &&
        cap_drop?.includes('ALL') === true &&
        security_opt?.includes('no-new-privileges:true') === true &&
        user === undefined,
    ),
  },
  {
    name: 'nothing is privileged',
    problems: failing(any, ({ privileged }) => privileged !== true),
  },
  {
    name: 'time to drain before it is killed',
    problems: failing(ours, ({ stop_grace_period, environment = {} }) => {
      const seconds = Number(/^(\d+)s$/.exec(stop_grace_period ?? '10s')?.[1])
      return seconds * 1000 > loadConfig(environment).DRAIN_TIMEOUT_MS
    }),
  },
  {
    name: 'data are on named volumes, each declared and used',
    problems: (compose) => {
      const used = Object.values(compose.services).flatMap(({ volumes = [] }) =>
        volumes.map((volume) => volume.split(':')[0] ?? ''),
      )
      const declared = Object.keys(compose.volumes)
      return [
        ...failing(databases, ({ volumes = [] }) => volumes.length === 1)(compose),
        ...used.filter((name) => !declared.includes(name)),
        ...declared.filter((name) => !used.includes(name)),
      ]
    },
  },
  {
    name: 'no secret but what is for this machine only',
    problems: ({ services }) =>
      Object.values(services).flatMap(({ environment = {} }) =>
        Object.entries(environment)
          .filter(([name]) => /PASSWORD|SECRET|ACCESS_KEY|DATABASE_URL/.test(name))
          .map(([name, value]) => [name, URL.canParse(value) ? new URL(value).password : value])
          .filter(([, secret = '']) => !/^local/.test(secret))
          .map(([name]) => `${name}`),
      ),
  },
  {
    name: 'DynamoDB Local tells nobody what it does, and keeps its data on its volume',
    problems: ({ services }) =>
      Object.entries(services)
        .filter(([, { image }]) => image.startsWith('amazon/dynamodb-local:'))
        .filter(([, { command = [], volumes = [] }]) => {
          const folder = command[command.indexOf('-dbPath') + 1]
          return !command.includes('-disableTelemetry') || !volumes[0]?.endsWith(`:${folder}`)
        })
        .map(([name]) => name),
  },
]
