import type { HistoryHeader, Kind, Operation } from '@pushcart/histories'
import type { Access } from '../../cart-api/access.ts'
import type { Abilities } from './abilities.ts'
import type { KindMix } from './workload.ts'

export interface RecordOptions {
  /** URLs of instances of one service, at least one. */
  readonly hosts: readonly string[]
  /** URL of an instance that reads from a replica: eventual reads and lists go to it, and nothing else does. */
  readonly replica?: string | undefined
  /**
   * URL of an instance that may refuse everything, such as one of the release before while carts move. One request in six goes
   * to it, but no final read.
   */
  readonly refusing?: string | undefined
  /** How the service is spoken to; by default as pushcart is. */
  readonly access?: Access | undefined
  /** Where eventual reads come from, in words; by default `replica`, if there is one. */
  readonly eventualFrom?: string | undefined
  readonly seconds: number
  /** Ends the recording early, as soon as it is true of what has been recorded. */
  readonly enough?: ((operations: readonly Operation[]) => boolean) | undefined
  /** Concurrent sessions. */
  readonly clients: number
  readonly seed: number
  /** Carts in use at once (4). The fewer, the more contention. */
  readonly carts?: number | undefined
  /** Carts that are filled before the recording begins (none). A quarter of the operations uses them. */
  readonly background?: number | undefined
  /** A cart is abandoned after so many operations (80), which keeps the search for their order small. */
  readonly cartLife?: number | undefined
  /** How often each kind is drawn, of 100. */
  readonly mix?: KindMix | undefined
  /**
   * The share of steps in which a client sends an earlier change again under its key, though it was acknowledged (0). A cart
   * forgets keys after 16 others, so this requires a `cartLife` below that of a key.
   */
  readonly lateRepeats?: number | undefined
  /** Maximum pause of a client between operations, milliseconds (5). */
  readonly pauseMs?: number | undefined
  /** Maximum time of a request (5 s). */
  readonly timeoutMs?: number | undefined
  /** How long a service may respond to nothing before it is given up, milliseconds after `timeoutMs` (10 s). */
  readonly silenceMs?: number | undefined
  /** Pause before the final reads, in which replicas catch up (2 s). */
  readonly settleMs?: number | undefined
  /** Awaited after the last operation of the clients, before that pause. */
  readonly beforeFinalReads?: (() => Promise<void>) | undefined
  /** What is injected meanwhile. */
  readonly faults?: InjectedFaults | undefined
  /** Whether every change gets an idempotency key, if the service knows keys. */
  readonly alwaysKeyed?: boolean | undefined
  /** Kinds of operation to leave out, though the service has them. */
  readonly without?: readonly Kind[] | undefined
  /** Ctrl-C: requests in flight are abandoned, and what was recorded is returned. */
  readonly signal?: AbortSignal | undefined
  /** Called once when the service has not responded for so many milliseconds, and is given up. */
  readonly onSilence?: ((ms: number) => void) | undefined
  readonly onProgress?: ((elapsedMs: number, totalMs: number) => void) | undefined
  /** Called before the first operation, with what the service can do and the header of the history. */
  readonly onStart?: ((abilities: Abilities, header: HistoryHeader) => void) | undefined
  /** Called for each response with status 500 and above, with its error code or status, and for each request without a response. */
  readonly onFailure?: ((code: string) => void) | undefined
  /** Keeps an operation; resolves when there is room for the next. */
  readonly write?: ((operation: Operation) => Promise<void>) | undefined
}

/** What a recording has to know of the faults that are injected into it. */
export interface InjectedFaults {
  readonly plan: {
    readonly faults: readonly string[]
    readonly windows: readonly {
      readonly fault: string
      /** Milliseconds since the recording began. */
      readonly from_ms: number
      readonly to_ms: number
    }[]
  }
  /** @param clock nanoseconds since the recording began */
  begin(clock: () => number): void
  end(): void
  /** The faults that were active at some time from `from` to `to`, nanoseconds since the recording began. */
  during(from: number, to: number): string[]
}
