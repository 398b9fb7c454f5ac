import type { Abilities } from '../../src/consistency/record/abilities.ts'

/** What this service can do, for simulations that find nothing out by trying. */
export const ALL_ABILITIES: Abilities = {
  kinds: ['create', 'get', 'add', 'set', 'remove', 'empty', 'delete', 'checkout', 'merge', 'list'],
  strategies: ['sum', 'max', 'keep'],
  otherwise: [],
  versions: true,
  opaqueVersions: false,
  keys: true,
  keyedCreates: true,
  conditional: true,
  batches: true,
  modes: true,
  sessions: true,
}
