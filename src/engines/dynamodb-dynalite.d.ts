declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** The part of dynalite that the engine uses; it ships no types of its own. */
  export default function dynalite(options: {
    /** LevelDB folder; in memory when left out. */
    path?: string
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }): Server
}
