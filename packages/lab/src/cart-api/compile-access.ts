import type { Access } from './access.ts'
import { type CartApi, compileApi } from './compile-api.ts'
import { createRedaction } from './redaction.ts'

const compiled = new WeakMap<Access, CartApi>()

/** The API of an access, compiled once. Its error codes are free of secrets. */
export function compileAccess(access: Access): CartApi {
  const known = compiled.get(access)
  if (known !== undefined) return known
  const api = compileApi(access.api, access.session)
  const redact = createRedaction(access)
  const safe: CartApi = {
    ...api,
    read: {
      ...api.read,
      errorCode(body) {
        const code = api.read.errorCode(body)
        return code === undefined ? undefined : redact(code)
      },
    },
  }
  compiled.set(access, safe)
  return safe
}
