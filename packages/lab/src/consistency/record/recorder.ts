import type { ListedCart, Operation } from '@pushcart/histories'
import type { CartClient, OperationResponse } from '../../cart-api/cart-client.ts'
import type { CartApi } from '../../cart-api/compile-api.ts'
import type { Abilities } from './abilities.ts'
import { type Completion, completionOf } from './completion.ts'
import { type Invocation, requestOf } from './invocation.ts'

/** An instance of the service, by its name in the history. */
export interface Instance {
  readonly name: string
  readonly client: CartClient
}

/** Sends operations and records each. */
export interface Recorder {
  send(
    session: string,
    invocation: Invocation,
    instance: Instance,
    final?: boolean,
  ): Promise<Operation>
  /** The highest version of a cart that a session has written or seen. */
  seen(session: string, cart: string): number | undefined
  readonly operations: readonly Operation[]
}

export interface RecorderOptions {
  readonly abilities: Abilities
  /** Nanoseconds since the recording began. */
  readonly now: () => number
  /** The faults that were active at some time from `from` to `to`. */
  readonly faultsDuring: (from: number, to: number) => readonly string[]
  /** Keeps an operation; resolves when there is room for the next. */
  readonly write: (operation: Operation) => Promise<void>
  /** As RecordOptions has it. */
  readonly onFailure?: ((code: string) => void) | undefined
}

/** After this fault a refusal does not say that nothing was applied: the other copy of the request may be. */
const DUPLICATE_DELIVERY = 'duplicate_delivery'

function notRefused({ kind, cart }: Invocation, completion: Completion): Completion {
  return kind === 'get' || completion.status !== 'fail' ? completion : { cart, status: 'info' }
}

/** A customer of this workload has some dozens of carts; a list without end must not hold up the recording. */
const MAX_PAGES = 100

export function createRecorder({
  abilities,
  now,
  faultsDuring,
  write,
  onFailure,
}: RecorderOptions): Recorder {
  const operations: Operation[] = []
  const known = new Map<string, number>()
  let ids = 0

  function learn(session: string, cart: string, version: number | undefined): void {
    if (version === undefined) return
    const name = `${session} ${cart}`
    known.set(name, Math.max(known.get(name) ?? 0, version))
  }

  function look(api: CartApi, { status, error, body }: OperationResponse): void {
    if (error !== undefined) onFailure?.('no response')
    else if (status >= 500) onFailure?.(api.read.errorCode(body) ?? `${status}`)
  }

  /** All pages of a list as one result; open as soon as one page fails. */
  async function list(invocation: Invocation, { ask, api }: CartClient): Promise<Completion> {
    const carts: ListedCart[] = []
    const [operation, values] = requestOf(api, invocation, false)
    let cursor: string | undefined
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const response = await ask(operation, { ...values, cursor })
      look(api, response)
      const { status, body } = response
      const page = status === 200 ? api.read.page(body) : undefined
      if (page === undefined) return { cart: '', status: 'info' }
      carts.push(...page.carts)
      if (page.next === null) return { cart: '', status: 'ok', carts: versioned(carts) }
      cursor = page.next
    }
    return { cart: '', status: 'info' }
  }

  function versioned(carts: readonly ListedCart[]): readonly ListedCart[] {
    return abilities.versions ? carts : carts.map(({ version: _, ...listed }) => listed)
  }

  async function exchange(
    session: string,
    invocation: Invocation,
    client: CartClient,
  ): Promise<Completion> {
    if (invocation.kind === 'list') return list(invocation, client)
    const response = await client.ask(...requestOf(client.api, invocation, abilities.modes))
    look(client.api, response)
    const completion = completionOf(client.api, invocation, response)
    if (!abilities.versions && !abilities.opaqueVersions)
      return { ...completion, version: undefined }
    if (completion.status === 'ok')
      learn(session, completion.cart, client.api.read.version(response))
    return completion
  }

  return {
    operations,
    seen: (session, cart) => known.get(`${session} ${cart}`),
    async send(session, invocation, instance, final = false) {
      const id = ids++
      const call = now()
      const found = await exchange(session, invocation, instance.client)
      const end = now()
      const faults = faultsDuring(call, end)
      const completion = faults.includes(DUPLICATE_DELIVERY) ? notRefused(invocation, found) : found
      const operation: Operation = {
        id,
        session,
        process: instance.name,
        intended: call,
        call,
        return: end,
        ...invocation,
        ...completion,
        lines: invocation.lines ?? completion.lines,
        final: final ? true : undefined,
        faults: faults.length === 0 ? undefined : faults,
      }
      operations.push(operation)
      await write(operation)
      return operation
    },
  }
}
