/** The kinds of operation that a history can hold. The first two only read. */
export const KINDS = [
  'get',
  'list',
  'create',
  'add',
  'set',
  'remove',
  'empty',
  'delete',
  'merge',
  'checkout',
] as const
export type Kind = (typeof KINDS)[number]

/**
 * What became of an operation:
 * - `ok`    it was answered as done;
 * - `fail`  it was refused, and certainly changed nothing (`error` says why);
 * - `info`  its answer was lost, cut off, or a server's failure: it may have happened, may still happen, or never.
 */
export const STATUSES = ['ok', 'fail', 'info'] as const
export type Status = (typeof STATUSES)[number]

/**
 * What a read asked for:
 * - `strong`    every change acknowledged before it (also the only read of a service that knows no modes);
 * - `session`   at least what the session has written and seen (`min_version`);
 * - `eventual`  any state the cart ever had.
 */
export const READ_MODES = ['strong', 'session', 'eventual'] as const
export type ReadMode = (typeof READ_MODES)[number]

/**
 * Refusals that say something about the cart, which the checkers hold against its states. Any other `error`, such as
 * a limit or a busy server, only says that nothing was changed.
 */
export const REFUSALS = ['not_found', 'not_active', 'line_not_found', 'cart_empty'] as const
export type Refusal = (typeof REFUSALS)[number]

/** Why a change was refused whose `if_version` the cart did not have. */
export const CONDITION_FAILED = 'precondition_failed'

export const STRATEGIES = ['sum', 'max', 'keep'] as const
export type Strategy = (typeof STRATEGIES)[number]

export const CART_STATUSES = ['active', 'checked_out', 'merged'] as const
export type CartStatus = (typeof CART_STATUSES)[number]

/** Units of one product. Products are texts: an integer id is the text that spells it. */
export type Line = readonly [product: string, quantity: number]

/** A cart as a list shows it; the rest where the service lists it. */
export interface ListedCart {
  readonly cart: string
  readonly version?: number | undefined
  readonly cart_status?: CartStatus | undefined
  readonly lines?: readonly Line[] | undefined
}

/**
 * One operation of one client, and one line of a history file under the very same names. Times are integers,
 * nanoseconds since the recording began, on one clock for all clients.
 */
export interface Operation {
  /** Unique in the history. */
  readonly id: number
  /** One logical user, who waits for each answer before asking again. */
  readonly session: string
  /** The instance of the service that was asked. */
  readonly process: string
  readonly kind: Kind
  /** The cart, the target of a merge; empty for a list, and for a create that got no answer. */
  readonly cart: string
  /** Whose cart: of creates and lists. */
  readonly customer?: string | undefined
  /** When it should have been sent; equal to `call` in a closed loop. */
  readonly intended: number
  /** Just before it was sent. */
  readonly call: number
  /** When the whole answer was there or, for `info`, when the client gave up; >= `call`. */
  readonly return: number
  readonly status: Status
  /** Why it failed: one of REFUSALS, CONDITION_FAILED, or any other word. */
  readonly error?: string | undefined
  /** Of an add (1-100 lines) or a set (one): what was asked. Of a get: what came back. */
  readonly lines?: readonly Line[] | undefined
  /** The product that a remove takes out. */
  readonly product?: string | undefined
  /** The cart that a merge takes from, and how it joins products that both hold. */
  readonly from?: string | undefined
  readonly strategy?: Strategy | undefined
  /** The versions that the change was conditional on (`If-Match`); refused otherwise with CONDITION_FAILED. */
  readonly if_version?: readonly number[] | undefined
  /** Idempotency key: operations of one cart with one key are attempts at one change. */
  readonly key?: string | undefined
  /** Of a get or a list. */
  readonly read?: ReadMode | undefined
  readonly min_version?: number | undefined
  /** Of a change: the version it made. Of a get: the version that came back. */
  readonly version?: number | undefined
  /** Status of the cart that a get showed. */
  readonly cart_status?: CartStatus | undefined
  /** Everything that a list showed, of all its pages. */
  readonly carts?: readonly ListedCart[] | undefined
  /** Read after all clients had stopped and everything had time to settle: even an eventual read must be current. */
  readonly final?: boolean | undefined
  /** The faults that were at work during the operation. */
  readonly faults?: readonly string[] | undefined
}

/** The first line of a history file. */
export interface HistoryHeader {
  readonly format: 'pushcart-history'
  readonly format_version: 1
  /** What the workload and the faults were drawn from. */
  readonly seed: number
  /** What the service can do; a check that needs more is not made. */
  readonly service: {
    readonly name: string
    /** Changes answer with the version they make, reads with the version they show. */
    readonly versions: boolean
    /** Idempotency keys are honoured. */
    readonly keys: boolean
  }
  /** Names of the faults that were planned; each must have been at work in some operation. */
  readonly faults: readonly string[]
  /** When each was planned, nanoseconds on the clock of the operations. */
  readonly fault_windows?: readonly PlannedFault[] | undefined
  /** `true` when the recording was cut off: nothing was read in the end. */
  readonly cut_off?: boolean | undefined
}

/** A stretch of time in which a fault might strike. */
export interface PlannedFault {
  readonly fault: string
  readonly from: number
  readonly to: number
}

export interface History {
  readonly header: HistoryHeader
  readonly operations: readonly Operation[]
}

/** A product in a sentence: the id 3 is `p3`, which beside a number of units is not taken for another. */
export function productName(product: string): string {
  return /^\d+$/.test(product) ? `p${product}` : product
}

/** "a merge", "an add". */
export function aKind(kind: Kind): string {
  return `${/^[ae]/.test(kind) ? 'an' : 'a'} ${kind}`
}

/** Whether the operation only looks. */
export function isRead({ kind }: Pick<Operation, 'kind'>): boolean {
  return kind === 'get' || kind === 'list'
}
