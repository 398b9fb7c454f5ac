import type { Access } from './access.ts'

/** A value so short would hide ordinary text. */
const SHORTEST = 4
const HIDDEN = '***'

/** Hides the values of headers and cookies, captured values and variables of the environment in a text. */
export function createRedaction(access: Access): (text: string) => string {
  const { headers, session, cookies, carts, api } = access
  const variables = [...JSON.stringify(api).matchAll(/\{env\.(\w+)/g)].map(
    ([, name]) => process.env[name ?? ''] ?? '',
  )
  const fixed = [
    ...Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,;]+/)]),
    ...Object.values(session),
    ...Object.values(cookies),
    ...variables,
  ]
  return (text) => {
    const ofCarts = [...carts.values()].flatMap((cart) => [
      ...Object.values(cart.captured),
      ...Object.values(cart.cookies),
    ])
    let safe = text
    for (const secret of [...fixed, ...ofCarts].sort((a, b) => b.length - a.length))
      if (secret.length >= SHORTEST) safe = safe.replaceAll(secret, HIDDEN)
    return safe
  }
}
