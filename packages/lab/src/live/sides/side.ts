import type { Access } from '../../cart-api/access.ts'
import type { Side } from '../../results/side.ts'
import type { SideInfo, StoredCart } from '../protocol.ts'
import type { StatementLog } from '../underneath/statement-log.ts'

/** One of the services on the page. Disposing stops what the lab started. */
export interface LiveSide extends AsyncDisposable {
  readonly info: Omit<SideInfo, 'abilities'>
  /** As result files describe it. */
  readonly side: Side
  readonly access: Access
  /** Where shoppers go now: a fault takes them to another instance of the service, or puts a proxy in front of it. */
  url(): string
  /** Where clicks go now: to the instance whose statements the page can show. */
  clickUrl(): string
  /** What the page can do with a service that the lab started; `undefined` for another one. */
  readonly own: OwnSide | undefined
}

export interface OwnSide {
  /** Of the database, not through the proxy that injects faults. */
  readonly settings: Readonly<Record<string, string>>
  readonly log: StatementLog
  /** The cart as the database stores it; `null` if it has none. */
  stored(cart: string): Promise<StoredCart | null>
  /** @throws LabError when the fault cannot be injected */
  turn(fault: string, on: boolean): Promise<void>
  /** Faults that are on. */
  on(): readonly string[]
  /** Faults that were on at some time from `from` to `to`, nanoseconds on the clock of the page's server. */
  during(from: number, to: number): string[]
  /** Whether the database process runs. */
  isUp(): boolean
  databasePid(): number
  /** The instance of the service that shoppers do not use now: it runs for the page alone. */
  sparePid(): number
}
