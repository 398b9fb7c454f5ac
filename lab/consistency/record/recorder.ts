import type { ListedCart, Operation } from '../../../packages/histories/src/index.ts'
import { type Abilities, listPath } from './abilities.ts'
import { type Answered, answeredOf, pageOf, versionOf } from './answered.ts'
import { type Asked, requestOf } from './asked.ts'
import type { Reply, Wire, WireRequest } from './wire.ts'

/** An instance of the service, by the name it has in the history. */
export interface Instance {
  readonly name: string
  readonly wire: Wire
}

/** Sends operations and records each. */
export interface Recorder {
  send(session: string, asked: Asked, instance: Instance, final?: boolean): Promise<Operation>
  /** The highest version of a cart that a session has written or seen. */
  seen(session: string, cart: string): number | undefined
  readonly operations: readonly Operation[]
  /** When the service last answered anything, nanoseconds; 0 before. */
  answeredAt(): number
}

export interface RecorderOptions {
  readonly abilities: Abilities
  /** Nanoseconds since the recording began. */
  readonly now: () => number
  /** The faults that were at work at some time from `from` to `to`. */
  readonly faultsDuring: (from: number, to: number) => readonly string[]
  /** Keeps an operation; resolves when there is room for the next. */
  readonly write: (operation: Operation) => Promise<void>
}

/** The fault after which a refusal is not the last word: the other copy of the request may still be taken. */
const DUPLICATE_DELIVERY = 'duplicate_delivery'

function notRefused({ kind, cart }: Asked, answered: Answered): Answered {
  return kind === 'get' || answered.status !== 'fail' ? answered : { cart, status: 'info' }
}

/** A customer of this workload has some dozens of carts; a list without end must not hold up the recording. */
const MOST_PAGES = 100

export function createRecorder({ abilities, now, faultsDuring, write }: RecorderOptions): Recorder {
  const operations: Operation[] = []
  const known = new Map<string, number>()
  let ids = 0
  let answeredAt = 0

  function learn(session: string, cart: string, version: number | undefined): void {
    if (version === undefined) return
    const name = `${session} ${cart}`
    known.set(name, Math.max(known.get(name) ?? 0, version))
  }

  async function ask({ wire }: Instance, request: WireRequest): Promise<Reply> {
    const reply = await wire.send(request)
    if (reply.status !== 0) answeredAt = now()
    return reply
  }

  /** All pages of a list as one answer; open as soon as one page did not come. */
  async function list(asked: Asked, instance: Instance): Promise<Answered> {
    const carts: ListedCart[] = []
    let cursor: string | null = null
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const path = listPath(asked.customer ?? '', cursor)
      const reply = await ask(instance, { method: 'GET', path })
      const page = reply.status === 200 ? pageOf(reply.body) : undefined
      if (page === undefined) return { cart: '', status: 'info' }
      carts.push(...page.carts)
      cursor = page.next
      if (cursor === null) return { cart: '', status: 'ok', carts: versioned(carts) }
    }
    return { cart: '', status: 'info' }
  }

  function versioned(carts: readonly ListedCart[]): readonly ListedCart[] {
    return abilities.versions ? carts : carts.map(({ version: _, ...listed }) => listed)
  }

  async function exchange(session: string, asked: Asked, instance: Instance): Promise<Answered> {
    if (asked.kind === 'list') return list(asked, instance)
    const reply = await ask(instance, requestOf(asked, abilities.modes))
    const answered = answeredOf(asked, reply)
    if (!abilities.versions) return { ...answered, version: undefined }
    if (answered.status === 'ok') learn(session, answered.cart, versionOf(reply))
    return answered
  }

  return {
    operations,
    answeredAt: () => answeredAt,
    seen: (session, cart) => known.get(`${session} ${cart}`),
    async send(session, asked, instance, final = false) {
      const id = ids++
      const call = now()
      const told = await exchange(session, asked, instance)
      const end = now()
      const faults = faultsDuring(call, end)
      const answered = faults.includes(DUPLICATE_DELIVERY) ? notRefused(asked, told) : told
      const operation: Operation = {
        id,
        session,
        process: instance.name,
        intended: call,
        call,
        return: end,
        ...asked,
        ...answered,
        lines: asked.lines ?? answered.lines,
        final: final ? true : undefined,
        faults: faults.length === 0 ? undefined : faults,
      }
      operations.push(operation)
      await write(operation)
      return operation
    },
  }
}
