import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import manifest from '@pushcart/service/package.json' with { type: 'json' }
import type { FastifyInstance } from 'fastify'
import { NoBody } from './schemas.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route requires no token. */
    public?: boolean
    /** The route accepts an `Idempotency-Key`. */
    keyed?: boolean
    /** The route accepts an `If-Match`. */
    matched?: boolean
    /** The route accepts an `If-None-Match`. */
    conditional?: boolean
  }
}

const SECURED_TAGS = ['carts', 'orders']

const HEADERS = {
  keyed: {
    name: 'Idempotency-Key',
    description:
      'A new UUID for every change; repeat it to retry that change. A retry has no second effect.',
  },
  matched: {
    name: 'If-Match',
    description:
      'Entity tags of the versions that the cart may have, such as `"7"`; otherwise 412. Of a tag such as `"7-k3Jx0aZ9_qw"`, only the version counts.',
  },
  conditional: {
    name: 'If-None-Match',
    description: 'An entity tag of this cart; 304 if the response would have the same.',
  },
} as const

/**
 * Serves the OpenAPI 3.1 document, made from the schemas of the routes, at `/openapi.json`, and a page to read and try it at
 * `/docs`, which loads nothing from other hosts. Must be installed before the routes.
 *
 * @param secured whether the service requires bearer tokens
 */
export function installOpenapi(app: FastifyInstance, secured: boolean): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'pushcart',
        version: manifest.version,
        description:
          'Shopping carts on PostgreSQL or DynamoDB. Errors are RFC 9457 problem documents.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      ...(secured && {
        components: {
          securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
        },
        security: [{ bearer: [] }],
      }),
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: {
        ...schema,
        ...(schema?.body === NoBody && { body: undefined }),
        ...headersOf(route.config ?? {}),
        ...(secured &&
          !SECURED_TAGS.some((tag) => schema?.tags?.includes(tag)) && { security: [] }),
      },
    }),
  })
  app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, logLevel: 'silent' })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** The headers that a route accepts, for the document only: the code reads them, no schema validates them. */
function headersOf(config: { keyed?: boolean; matched?: boolean; conditional?: boolean }) {
  const taken = (['keyed', 'matched', 'conditional'] as const).filter(
    (name) => config[name] === true,
  )
  if (taken.length === 0) return {}
  const properties = taken.map((kind) => {
    const { name, description } = HEADERS[kind]
    return [name, { type: 'string', description }]
  })
  return { headers: { type: 'object', properties: Object.fromEntries(properties) } }
}
