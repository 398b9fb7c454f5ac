import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import manifest from '@pushcart/service/package.json' with { type: 'json' }
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Config } from '../config/config.ts'
import { parsePublicUrl } from '../config/web.ts'
import { rateLimitOf } from './guard.ts'
import { documentedForm, withComponents } from './openapi-components.ts'
import {
  type HeaderMarks,
  RESPONSE_HEADERS,
  requestHeaders,
  responseHeaders,
} from './openapi-headers.ts'
import { NoBody, OPTIONAL_BODIES } from './schemas.ts'

declare module 'fastify' {
  interface FastifyContextConfig extends HeaderMarks {}
}

const TAGS = [
  { name: 'carts', description: 'Carts and their lines.' },
  { name: 'orders', description: 'Carts that were checked out.' },
  { name: 'products', description: 'The catalog.' },
  { name: 'health', description: 'The state of this instance.' },
]
const SECURED_TAGS = ['carts', 'orders']
const LIMITED_TAGS = [...SECURED_TAGS, 'products']

/**
 * Serves the OpenAPI 3.1 document, made from the schemas of the routes, at `/openapi.json`, and a page to read and try it at
 * `/docs`, which loads nothing from other hosts. Must be installed before the routes.
 *
 * @param secured whether the service requires bearer tokens
 */
export function installOpenapi(app: FastifyInstance, config: Config, secured: boolean): void {
  const limit = rateLimitOf(config, secured)
  const isLimited = limit !== undefined
  // Products need no token, so a limit of customers does not apply to them.
  const limitedTags = limit?.customersOnly === true ? SECURED_TAGS : LIMITED_TAGS
  const redirects = config.HOME_REGIONS !== undefined && config.HOME_REQUESTS === 'redirect'
  const marks = new Map<string, HeaderMarks>()

  /** Adds what schemas of routes cannot say. */
  function complete({ operationId, tags, responses, requestBody }: Operation): void {
    const limited = isLimited && limitedTags.some((tag) => tags.includes(tag))
    const mark = marks.get(operationId) ?? {}
    for (const [status, response] of Object.entries(responses))
      response.headers = responseHeaders(Number(status), mark, limited)
    // The plugin takes every body for required.
    const body = requestBody?.content['application/json']?.schema.$ref
    if (OPTIONAL_BODIES.includes(body?.split('/').at(-1) ?? ''))
      Object.assign(requestBody ?? {}, { required: false })
  }

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
      servers: [
        { url: parsePublicUrl(config.CART_PUBLIC_URL) || '/', description: 'This service.' },
      ],
      tags: TAGS,
      security: secured ? [{ bearer: [] }] : [],
      components: {
        headers: Object.fromEntries(
          Object.entries(RESPONSE_HEADERS).filter(
            ([name]) => isLimited || !name.startsWith('X-RateLimit'),
          ),
        ),
        ...(secured && {
          securitySchemes: {
            bearer: {
              type: 'http',
              scheme: 'bearer',
              bearerFormat: 'JWT',
              description: 'A token of the identity provider that the service is set up for.',
            },
          },
        }),
      },
    },
    transform: ({ schema = {}, url, route }) => {
      const { operationId, tags = [], body } = schema
      if (operationId !== undefined) marks.set(operationId, route.config ?? {})
      return {
        url,
        schema: {
          ...(documentedForm(schema) as object),
          ...requestHeaders(route.config ?? {}),
          ...(isHidden(body, route) && { body: undefined }),
          ...(secured && !SECURED_TAGS.some((tag) => tags.includes(tag)) && { security: [] }),
        },
      }
    },
    transformObject: (made) => {
      const document = withComponents('openapiObject' in made ? made.openapiObject : {})
      if (redirects) addRedirects(document.paths)
      for (const operation of operationsOf(document.paths)) complete(operation)
      return document
    },
  })
  app.register(swaggerUi, {
    routePrefix: '/docs',
    // Makes the addresses of its assets relative, so that they work behind a proxy that removes a path prefix.
    indexPrefix: '.',
    staticCSP: true,
    // The browser would load the assets by https, which a service on plain http does not have.
    transformStaticCSP: (policy) => policy.replace(/\s*upgrade-insecure-requests;?/, ''),
    logLevel: 'silent',
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly responses: Record<string, { headers?: object }>
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>
  }
}

/** OpenAPI leaves the meaning of a body of DELETE open, and these routes need none. */
function isHidden(body: unknown, { method }: Pick<RouteOptions, 'method'>): boolean {
  return body === NoBody && method === 'DELETE'
}

function operationsOf(paths: object = {}): Operation[] {
  return Object.values<object>({ ...paths }).flatMap((item) =>
    Object.values<Operation>({ ...item }),
  )
}

/** Operations on one cart can be sent to its home region. */
function addRedirects(paths: object = {}): void {
  for (const [path, item] of Object.entries(paths))
    if (path.startsWith('/shopping-carts/{id}'))
      for (const { responses } of Object.values<Operation>({ ...item }))
        Object.assign(responses, {
          307: { description: 'The home of the cart is another region. Repeat the request there.' },
        })
}
