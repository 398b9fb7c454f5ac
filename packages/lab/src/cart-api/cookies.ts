import type { Cookies } from './access.ts'
import type { HttpHeaders } from './exchange.ts'

/** The cookies after a response: those that it sets are added, and those that it ends are removed. */
export function withSetCookies(cookies: Cookies, headers: HttpHeaders = {}): Cookies {
  const set = [headers['set-cookie'] ?? []].flat()
  if (set.length === 0) return cookies
  const kept: Record<string, string> = { ...cookies }
  for (const line of set) {
    const [, name, value = ''] = /^\s*([^=;\s]+)\s*=\s*([^;]*?)\s*(?:;|$)/.exec(line) ?? []
    if (name === undefined) continue
    if (/;\s*max-age\s*=\s*0\s*(;|$)/i.test(line)) delete kept[name]
    else kept[name] = value
  }
  return kept
}

/** The `Cookie` header; `undefined` without cookies. */
export function cookieHeader(cookies: Cookies): string | undefined {
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? undefined : pairs.join('; ')
}
