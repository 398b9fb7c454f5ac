declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** The part of dynalite that the engine uses; dynalite has no types. */
  export default function dynalite(options: {
    /** LevelDB folder; in memory by default. */
    path?: string
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }): Server
}
