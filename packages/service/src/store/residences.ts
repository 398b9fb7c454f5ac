import type { Residence, Sealed, Side, Trace } from '../cart/residence.ts'
import type { CartState } from '../cart/rules.ts'
import type { CartStore } from './cart-store.ts'

/**
 * The records of carts that move, one interface for every store: `cart/residence.ts` defines each write as a pure function,
 * and `test/contract/residences.ts` runs on all stores. Every write is atomic and has no effect when it is repeated. All
 * methods reject with a `CartError`.
 */
export interface Residences {
  /** The record of a cart; a strong read. */
  look(cartId: string): Promise<Residence>

  /** Seals a cart that has not changed since it was read as `seen`. Returns the record then, `undefined` when it has changed. */
  seal(cartId: string, seen: Residence, hop: number): Promise<Sealed | undefined>

  /** Puts a sealed cart of the other database here. False when this record is of that hop or a later one. */
  place(state: CartState, hop: number): Promise<boolean>

  /**
   * Replaces the seal of that hop by a trace. False when there is no such seal, because another caller has settled it or because
   * this call was sent twice.
   */
  settle(cartId: string, hop: number, trace: Trace): Promise<boolean>

  /** Creates a cart unless there is one, or a trace of that hop or a later one. */
  create(state: CartState, hop: number, now: number): Promise<boolean>

  /** Takes the id of a cart that will be created in the other database. Returns the record afterwards. */
  claim(state: CartState, hop: number, now: number): Promise<Residence>

  /** Forgets a trace of that hop. */
  release(cartId: string, hop: number): Promise<void>

  /** The carts of a customer that are sealed here. */
  sealedOf(customerKey: string): Promise<readonly string[]>

  /** The records of the next carts, in an order of the store's own; every cart that is there throughout is returned once. */
  scan(request: ScanRequest): Promise<ScanPage>

  /** Bytes of a cart in this database, and the maximum; `Infinity` where there is none. */
  sizeOf(state: CartState): number
  readonly maxSize: number

  /** Write units that a move of the cart consumes here; `null` where the database has none. */
  unitsOf(state: CartState): MoveUnits | null

  /** The same for all stores of this database, and different from those of any other. */
  identity(): Promise<string>

  /** The rights that a mover lacks here, as an operator would grant them. Has no effect. */
  missingRights(role: Side): Promise<readonly string[]>

  /** The record of the move as a whole, and the instances that take part. */
  readonly control: MoveControl
}

export interface MoveUnits {
  /** To put the cart here. */
  readonly arrival: number
  /** To seal it and leave a trace. */
  readonly departure: number
}

export interface ScanRequest {
  /** `next` of the previous page; absent for the first. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface ScanPage {
  readonly records: readonly { readonly cartId: string; readonly record: Residence }[]
  /** `undefined` on the last page. */
  readonly next: string | undefined
}

/** The state of a move; `docs/moving.md` explains the phases. */
export type Phase = 'stay' | 'ready' | 'moving' | 'returning' | 'moved'

/** The record of a move in one of its databases. */
export interface MoveRecord {
  /** Identifies this database; made when it first takes part in a move. */
  readonly storeId: string
  readonly role: 'source' | 'destination'
  readonly moveId: string
  /** `storeId` of the other database; empty in a source that has never left `stay`. */
  readonly peerId: string
  /** What the other database is, for messages. */
  readonly peer: string
  readonly phase: Phase
  /** Increases with every change of the record. */
  readonly epoch: number
  /** Whether changes are refused while the carts are moved. */
  readonly frozen: boolean
  /** Whether movers are to wait. */
  readonly paused: boolean
  /** The latest counts of a mover; `null` before the first. */
  readonly progress: Progress | null
}

export interface Progress {
  /** Carts that have moved, whoever moved them, and those with the carts that are to move. */
  readonly moved: number
  readonly total: number
  readonly tooLarge: number
  /** Carts per second, over the last minute. */
  readonly rate: number
}

/** A registered instance, or a mover that shares a limit (`moving/movers.ts`). */
export interface Member {
  readonly id: string
  /** Increases with every renewal of its lease. */
  readonly renewals: number
  /** The epoch that it acts by. */
  readonly epoch: number
}

export interface MoveControl {
  /** `undefined` until the first move. A strong read. */
  read(): Promise<MoveRecord | undefined>
  /** Writes the record if the present one has `epoch` (`undefined`: if there is none). False otherwise. */
  write(record: MoveRecord, epoch: number | undefined): Promise<boolean>
  /** Registers or renews; rejects nothing. */
  renew(member: Member): Promise<void>
  /** Removes a member if it has not renewed since; with `renewals` absent, in any case. */
  remove(id: string, renewals?: number): Promise<void>
  members(): Promise<readonly Member[]>
  /** Shuts out every session that does not take part in the move, where the database can. */
  fence(): Promise<void>
  unfence(): Promise<void>
}

/** A store whose carts can move. */
export interface MovableStore extends CartStore {
  readonly residences: Residences
}
