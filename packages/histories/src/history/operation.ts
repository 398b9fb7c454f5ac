/** The kinds of operation of a cart service. `get` and `list` only read. */
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
 * The outcome of an operation:
 * - `ok`    it was acknowledged;
 * - `fail`  it was refused and certainly changed nothing (`error` is the reason);
 * - `info`  no response, a truncated one, or a server error: it may have happened, may still happen, or never.
 */
export const STATUSES = ['ok', 'fail', 'info'] as const
export type Status = (typeof STATUSES)[number]

/**
 * What a read requires:
 * - `strong`    every change acknowledged before it (also the mode of all reads of a service without modes);
 * - `session`   at least what the session has written and read (`min_version`);
 * - `eventual`  any state that the cart ever had.
 */
export const READ_MODES = ['strong', 'session', 'eventual'] as const
export type ReadMode = (typeof READ_MODES)[number]

/**
 * Refusals that depend on the state of the cart. The checkers compare them with its states. Any other `error`, such as a
 * limit or a busy server, only means that nothing was changed.
 */
export const REFUSALS = ['not_found', 'not_active', 'line_not_found', 'cart_empty'] as const
export type Refusal = (typeof REFUSALS)[number]

/** The `error` of a change that was refused because the cart did not have a version of its `if_version`. */
export const CONDITION_FAILED = 'precondition_failed'

export const STRATEGIES = ['sum', 'max', 'keep'] as const
export type Strategy = (typeof STRATEGIES)[number]

export const CART_STATUSES = ['active', 'checked_out', 'merged'] as const
export type CartStatus = (typeof CART_STATUSES)[number]

/** Units of one product. Products are texts: an integer id becomes its decimal text. */
export type Line = readonly [product: string, quantity: number]

/** A cart as a list shows it; the optional fields if the service lists them. */
export interface ListedCart {
  readonly cart: string
  readonly version?: number | undefined
  readonly cart_status?: CartStatus | undefined
  readonly lines?: readonly Line[] | undefined
}

/**
 * One operation of one client; a line of a history file has the same fields. Times are integers, nanoseconds since the
 * recording began, on one clock for all clients.
 */
export interface Operation {
  /** Unique in the history. */
  readonly id: number
  /** One logical user, who waits for each response before the next request. */
  readonly session: string
  /** The instance of the service that received the request. */
  readonly process: string
  readonly kind: Kind
  /** The cart, or the target of a merge; empty for a list, and for a create without a response. */
  readonly cart: string
  /** The owner: of creates and lists. */
  readonly customer?: string | undefined
  /** The intended send time; equal to `call` in a closed loop. */
  readonly intended: number
  /** Just before the request was sent. */
  readonly call: number
  /** When the whole response had arrived or, for `info`, when the client gave up; >= `call`. */
  readonly return: number
  readonly status: Status
  /** The reason of a `fail`: one of REFUSALS, CONDITION_FAILED, or any other word. */
  readonly error?: string | undefined
  /** Of an add (1-100 lines) or a set (one line): the request. Of a get: the response. */
  readonly lines?: readonly Line[] | undefined
  /** The product that a remove deletes. */
  readonly product?: string | undefined
  /** The source of a merge, and how the merge joins products that both carts contain. */
  readonly from?: string | undefined
  readonly strategy?: Strategy | undefined
  /** The versions that the change requires (`If-Match`); refused otherwise with CONDITION_FAILED. */
  readonly if_version?: readonly number[] | undefined
  /** Idempotency key: operations on one cart with one key are attempts at one change. */
  readonly key?: string | undefined
  /** Of a get or a list. */
  readonly read?: ReadMode | undefined
  readonly min_version?: number | undefined
  /** Of a change: the version that it created. Of a get: the version that it read. */
  readonly version?: number | undefined
  /** Status of the cart that a get showed. */
  readonly cart_status?: CartStatus | undefined
  /** Everything that a list showed, all pages together. */
  readonly carts?: readonly ListedCart[] | undefined
  /** Read after all clients had stopped and the service had time to settle: even an eventual read must be current. */
  readonly final?: boolean | undefined
  /** The faults that were active during the operation. */
  readonly faults?: readonly string[] | undefined
}

/** The first line of a history file. */
export interface HistoryHeader {
  readonly format: 'pushcart-history'
  readonly format_version: 1
  /** Random seed of the workload and the faults. */
  readonly seed: number
  /** The abilities of the service; a check that requires more is skipped. */
  readonly service: {
    readonly name: string
    /** The responses of changes and reads contain the version, which every change increases by one. */
    readonly versions: boolean
    /** They contain numbers that only identify states of a cart, such as a time; `versions` is false then. */
    readonly opaque_versions?: boolean | undefined
    /** Idempotency keys are honoured. */
    readonly keys: boolean
  }
  /** Where eventual reads come from, in words, if the recorder knows; for reports. */
  readonly eventual_from?: string | undefined
  /**
   * Instances (`process` of operations) that may refuse everything, such as one of the release before while carts move: their
   * failures do not count as failures of the service.
   */
  readonly may_refuse?: readonly string[] | undefined
  /** Names of the planned faults; each must have been active in some operation. */
  readonly faults: readonly string[]
  /** When each fault was planned, nanoseconds on the clock of the operations. */
  readonly fault_windows?: readonly PlannedFault[] | undefined
  /** `true` if the recording was interrupted: it has no final reads. */
  readonly cut_off?: boolean | undefined
}

/** A period in which a fault may occur. */
export interface PlannedFault {
  readonly fault: string
  readonly from: number
  readonly to: number
}

export interface History {
  readonly header: HistoryHeader
  readonly operations: readonly Operation[]
}

/** A product in a sentence: the id 3 becomes `p3`, so that it is not mistaken for a number of units. */
export function productName(product: string): string {
  return /^\d+$/.test(product) ? `p${product}` : product
}

/** "a merge", "an add". */
export function aKind(kind: Kind): string {
  return `${/^[ae]/.test(kind) ? 'an' : 'a'} ${kind}`
}

/** Whether the operation changes nothing. */
export function isRead({ kind }: Pick<Operation, 'kind'>): boolean {
  return kind === 'get' || kind === 'list'
}
