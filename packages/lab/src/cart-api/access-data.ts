import type { Access, CartState } from './access.ts'
import { importApi } from './read-api.ts'

/** An access as JSON can have it, to be sent to another process. */
export interface AccessData extends Omit<Access, 'carts'> {
  readonly carts: readonly (readonly [id: string, state: CartState])[]
}

export function packAccess(access: Access): AccessData {
  return { ...access, carts: [...access.carts] }
}

/** @throws UsageError when its module can no longer be imported */
export async function unpackAccess({ carts, ...data }: AccessData): Promise<Access> {
  const api = data.module === undefined ? data.api : await importApi(data.module)
  return { ...data, api, carts: new Map(carts) }
}
