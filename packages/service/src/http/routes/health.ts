import Type, { type Static } from 'typebox'
import { offsetWarning } from '../../store/database-clock.ts'
import { problems, STORE_FAILURES } from '../problem-schema.ts'
import { createReadiness } from '../readiness.ts'
import type { App, RouteContext } from '../route-context.ts'
import { named, response } from '../schemas.ts'

/** The check that proxies and load balancers make before they send requests to an instance. */
export const READY_PATH = '/health/ready'

/** The database of this instance; the lab labels its results with it. */
export interface Deployment {
  /** `embedded` when the service started the database itself. */
  readonly engine: 'embedded' | 'external'
  /** Whether the database is an emulator, whose latencies are not those of the real one. */
  readonly emulator: boolean
}

const Live = Type.Object({ status: Type.Literal('ok') })
const Ready = Type.Object({
  status: Type.Literal('ok'),
  warnings: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.Literal('CLOCK_OFFSET'),
        message: Type.String(),
        offset_seconds: Type.Number({
          description: 'How far the clock of this instance is ahead of that of the database.',
        }),
      }),
      { description: 'What an operator should look at; the instance can serve requests.' },
    ),
  ),
})
const Health = Type.Object({
  status: Type.Literal('ok'),
  store: Type.Unsafe<'memory' | 'postgres' | 'dynamodb'>({
    type: 'string',
    enum: ['memory', 'postgres', 'dynamodb'],
  }),
  engine: Type.Unsafe<Deployment['engine']>({ type: 'string', enum: ['embedded', 'external'] }),
  emulator: Type.Boolean(),
  layout: Type.Optional(
    Type.Unsafe<'rows' | 'document'>({
      type: 'string',
      enum: ['rows', 'document'],
      description: 'PostgreSQL only: a row per line, or all lines in the row of the cart.',
    }),
  ),
  read_consistency: Type.Unsafe<'strong' | 'eventual'>({
    type: 'string',
    enum: ['strong', 'eventual'],
  }),
  products: Type.Integer(),
  home: Type.Optional(
    Type.Object(
      {
        region: Type.String({ description: 'The region of this instance.' }),
        version: Type.Integer({ description: 'Of the map of homes, `HOME_VERSION`.' }),
        regions: Type.Unsafe<Record<string, string>>({
          type: 'object',
          additionalProperties: { type: 'string' },
          description: 'The home of each region’s carts: a region, or `paused`.',
        }),
      },
      { description: 'Of a global table whose carts have home regions.' },
    ),
  ),
  move: Type.Optional(
    Type.Object(
      {
        phase: Type.Unsafe<MovePhase>({
          type: 'string',
          enum: ['stay', 'ready', 'moving', 'returning', 'moved'],
        }),
        frozen: Type.Boolean({
          description: 'Whether changes are refused while the carts are moved.',
        }),
        paused: Type.Boolean({ description: 'Whether movers wait.' }),
        moved: Type.Optional(Type.Integer()),
        total: Type.Optional(Type.Integer()),
        too_large: Type.Optional(Type.Integer()),
      },
      { description: 'Of an instance that takes part in a move of the carts to another database.' },
    ),
  ),
})

type MovePhase = 'stay' | 'ready' | 'moving' | 'returning' | 'moved'

/** The phase by which this instance acts, and the latest counts of the mover. */
export type MoveView = () =>
  | {
      readonly phase: MovePhase
      readonly record:
        | {
            readonly frozen: boolean
            readonly paused: boolean
            readonly progress: {
              readonly moved: number
              readonly total: number
              readonly tooLarge: number
            } | null
          }
        | undefined
    }
  | undefined

named(Live, 'Live')
named(Ready, 'Ready')
named(Health, 'Health')

function moveOf(state: ReturnType<MoveView>): Pick<Static<typeof Health>, 'move'> {
  if (state === undefined) return {}
  const { phase, record } = state
  const { frozen = false, paused = false, progress } = record ?? {}
  const move = { phase, frozen, paused }
  if (progress === undefined || progress === null) return { move }
  const { moved, total, tooLarge } = progress
  return { move: { ...move, moved, total, too_large: tooLarge } }
}

export function registerHealthRoutes(
  app: App,
  { config, store, catalog, homes }: RouteContext,
  deployment: Deployment,
  clockOffset: () => number | undefined = () => undefined,
  move: MoveView = () => undefined,
): void {
  const ok = { status: 'ok' } as const
  const ready = createReadiness(() => store.ping(), config.READY_TIMEOUT_MS)
  const mayBeStale = store.kind === 'dynamodb' || config.DATABASE_READ_URL !== undefined
  const describe = (): Static<typeof Health> => ({
    ...ok,
    store: store.kind,
    engine: deployment.engine,
    emulator: deployment.emulator,
    ...(store.layout !== undefined && { layout: store.layout }),
    read_consistency: mayBeStale ? config.READ_CONSISTENCY : 'strong',
    products: catalog.size,
    ...(homes !== undefined && {
      home: { region: homes.own, version: homes.map.version, regions: { ...homes.map.homes } },
    }),
    ...moveOf(move()),
  })

  app.get(
    '/health',
    {
      config: { priority: 'always' },
      schema: {
        operationId: 'health',
        summary: 'Describe the service and its database',
        tags: ['health'],
        response: { 200: response('The settings of this instance.', Health), ...problems() },
      },
    },
    async () => describe(),
  )

  // Independent of the database, so that a database failure does not restart instances.
  app.get(
    '/health/live',
    {
      config: { priority: 'always' },
      schema: {
        operationId: 'checkLive',
        summary: 'Check that the process responds',
        tags: ['health'],
        response: { 200: response('The process responds.', Live), ...problems() },
      },
    },
    async () => ok,
  )

  // Includes the database, because an instance that cannot reach it should get no traffic.
  app.get(
    READY_PATH,
    {
      config: { priority: 'always' },
      schema: {
        operationId: 'checkReady',
        summary: 'Check that the database responds too',
        tags: ['health'],
        response: {
          200: response('The database responds.', Ready),
          ...problems(...STORE_FAILURES),
        },
      },
    },
    async () => {
      await ready()
      const offset = clockOffset()
      const message = offsetWarning(offset)
      if (offset === undefined || message === undefined) return ok
      const offset_seconds = Math.round(offset / 1000)
      return { ...ok, warnings: [{ code: 'CLOCK_OFFSET' as const, message, offset_seconds }] }
    },
  )
}
