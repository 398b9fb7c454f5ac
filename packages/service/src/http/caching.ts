import type { App } from './route-context.ts'

/**
 * Sets `Cache-Control` on the responses of a scope instead of `private, no-cache`, the default of `buildApp`. Without one,
 * shared caches may keep a response as long as they like: Varnish keeps it for two minutes. Errors are `no-store` wherever
 * they come from.
 *
 * - `private, no-cache`: a browser may keep it and asks each time whether it is current; shared caches must not keep it
 * - `no-cache`: the same for all caches; for what is the same for everybody
 * - `no-store`: nobody keeps it
 */
export function installCaching(scope: App, control: 'no-cache' | 'no-store'): void {
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', control)
    done()
  })
}
