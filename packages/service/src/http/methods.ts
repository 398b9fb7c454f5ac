import { CartError } from '../cart/errors.ts'
import { noRoute, pathOf } from './problem.ts'
import type { App } from './route-context.ts'

/** The methods of a path, sorted; none if there is no such path. For `*`, all methods of the service (RFC 9112, 3.2.4). */
export type MethodsOf = (path: string) => readonly string[]

/** Watches which routes are added from now on. */
export function watchMethods(app: App): MethodsOf {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? {
      pattern: patternOf(url),
      methods: new Set(['OPTIONS']),
    }
    for (const each of [method].flat()) route.methods.add(each)
    routes.set(url, route)
  })
  return (path) => {
    const matching = [...routes.values()].filter(
      ({ pattern }) => path === '*' || pattern.test(path),
    )
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort()
  }
}

/** Not a URLPattern, which would resolve `..` in the path; the router does not. */
function patternOf(route: string): RegExp {
  const parts = route.split(/(:\w+|\*)/).map((part) => {
    if (part.startsWith(':')) return '[^/]+'
    return part === '*' ? '.*' : part.replaceAll('.', '\\.')
  })
  return new RegExp(`^${parts.join('')}$`)
}

/**
 * Responds to requests that no route takes: 405 with `Allow` if the path has other methods (RFC 9110, 15.5.6), 204 with
 * `Allow` to OPTIONS (9.3.7), otherwise ROUTE_NOT_FOUND. It responds before a body is read, so that a wrong method is never
 * reported as a wrong body. Install it after everything that has to see every request.
 */
export function installMethods(app: App, methodsOf: MethodsOf): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done()
    const { method, url } = request
    const methods = methodsOf(url.split('?', 1)[0] ?? '')
    if (methods.length === 0 || (url === '*' && method !== 'OPTIONS')) return done(noRoute(request))
    const allowed = methods.join(', ')
    reply.header('allow', allowed)
    if (method === 'OPTIONS') reply.code(204).send()
    else
      done(
        new CartError('METHOD_NOT_ALLOWED', `${pathOf(request)} takes ${allowed}, not ${method}.`),
      )
  })
}
