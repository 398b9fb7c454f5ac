/** One end of the IPC channel between two processes: `process` in a child, a worker or child process in its parent. */
export interface Channel {
  on(event: 'message', listener: (message: unknown) => void): unknown
  /** `done` gets an error when the message could not be sent; without it, Node would emit an error event. */
  send?(message: object, handle: undefined, options: object, done: () => void): boolean
}

/** The functions that the other end may call, by name. Their results must be serialisable as JSON. */
export type Procedures = Readonly<Record<string, () => Promise<unknown>>>

/** Calls a function of the other end. Rejects when it fails or the channel is closed; may never settle. */
export type Call = (name: string) => Promise<unknown>

interface Invocation {
  readonly call: string
  readonly id: number
}
interface CallResult {
  readonly reply: number
  readonly value?: unknown
  readonly error?: string
}

/** Lets the two ends of a channel call each other's functions. Other messages on the channel are ignored. */
export function openCalls(channel: Channel, procedures: Procedures): Call {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let calls = 0

  const send = (message: Invocation | CallResult, failed = () => {}) => {
    if (channel.send === undefined) failed()
    else channel.send(message, undefined, {}, (error?: unknown) => error && failed())
  }

  async function invoke({ call: name, id }: Invocation): Promise<void> {
    try {
      const known = Object.hasOwn(procedures, name) ? procedures[name] : undefined
      if (known === undefined) throw new Error(`unknown function ${name}`)
      send({ reply: id, value: await known() })
    } catch (error) {
      send({ reply: id, error: error instanceof Error ? error.message : String(error) })
    }
  }

  channel.on('message', (message) => {
    if (isInvocation(message)) void invoke(message)
    if (!isReply(message)) return
    const call = waiting.get(message.reply)
    waiting.delete(message.reply)
    if (message.error === undefined) call?.resolve(message.value)
    else call?.reject(new Error(message.error))
  })

  return (name) => {
    const call = Promise.withResolvers<unknown>()
    const id = ++calls
    waiting.set(id, call)
    send({ call: name, id }, () => {
      waiting.delete(id)
      call.reject(new Error('the other process has exited'))
    })
    return call.promise
  }
}

function isInvocation(message: unknown): message is Invocation {
  return typeof message === 'object' && message !== null && 'call' in message
}

function isReply(message: unknown): message is CallResult {
  return typeof message === 'object' && message !== null && 'reply' in message
}
