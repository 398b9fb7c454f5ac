import type { Route } from './url.ts'

/** Remembers which of several routes to a database works. */
export interface Routes {
  readonly count: number
  /** The route to try next: the one that worked last, initially the first. */
  current(): Route
  /** Moves on, unless another call has moved on already. */
  failed(route: Route): void
}

export function openRoutes(routes: readonly Route[]): Routes {
  let at = 0
  const current = () => {
    const route = routes[at]
    if (route === undefined) throw new Error('there is no route')
    return route
  }
  return {
    count: routes.length,
    current,
    failed(route) {
      if (route === current()) at = (at + 1) % routes.length
    },
  }
}
