import Type, { type Static } from 'typebox'
import { problems, STORE_FAILURES } from '../problem-schema.ts'
import { createReadiness } from '../readiness.ts'
import type { App, RouteContext } from '../route-context.ts'

/** What stands behind this instance; the lab reads it to label its results. */
export interface Deployment {
  /** `embedded` when the service started the database itself. */
  readonly engine: 'embedded' | 'external'
  /** Whether the database is a stand-in whose speed says nothing about the real one. */
  readonly emulator: boolean
}

const Live = Type.Object({ status: Type.Literal('ok') })
const Health = Type.Object({
  status: Type.Literal('ok'),
  store: Type.Unsafe<'memory' | 'postgres' | 'dynamodb'>({ type: 'string' }),
  engine: Type.Unsafe<Deployment['engine']>({ type: 'string' }),
  emulator: Type.Boolean(),
  read_consistency: Type.Unsafe<'strong' | 'eventual'>({ type: 'string' }),
  products: Type.Integer(),
})

export function registerHealthRoutes(
  app: App,
  { config, store, catalog }: RouteContext,
  deployment: Deployment,
): void {
  const ok = { status: 'ok' } as const
  const ready = createReadiness(() => store.ping(), config.READY_TIMEOUT_MS)
  const health: Static<typeof Health> = {
    ...ok,
    store: store.kind,
    engine: deployment.engine,
    emulator: deployment.emulator,
    read_consistency: store.kind === 'dynamodb' ? config.READ_CONSISTENCY : 'strong',
    products: catalog.size,
  }

  app.get(
    '/health',
    {
      schema: {
        summary: 'What stands behind the service',
        tags: ['health'],
        response: { 200: Health, ...problems() },
      },
    },
    async () => health,
  )

  // The process answers; says nothing of the database, so a database failure restarts no instance.
  app.get(
    '/health/live',
    {
      schema: {
        summary: 'Does the process answer',
        tags: ['health'],
        response: { 200: Live, ...problems() },
      },
    },
    async () => ok,
  )

  // Also touches the store: an instance that cannot reach it should get no traffic.
  app.get(
    '/health/ready',
    {
      schema: {
        summary: 'Does the store answer too',
        tags: ['health'],
        response: { 200: Live, ...problems(...STORE_FAILURES) },
      },
    },
    async () => {
      await ready()
      return ok
    },
  )
}
