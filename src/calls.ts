/** One end of a channel between two processes: `process` in a child, a worker or child process in its parent. */
export interface Channel {
  on(event: 'message', listener: (message: unknown) => void): unknown
  /** `done` is told when the message could not be sent; without it, Node would raise an error event. */
  send?(message: object, handle: undefined, options: object, done: () => void): boolean
}

/** What the other end may ask for, by name. Answers must survive JSON. */
export type Answers = Readonly<Record<string, () => Promise<unknown>>>

/** Asks the other end. Rejects when that fails there or the channel is closed; it may also never settle. */
export type Call = (name: string) => Promise<unknown>

interface Question {
  readonly question: string
  readonly id: number
}
interface Reply {
  readonly reply: number
  readonly value?: unknown
  readonly error?: string
}

/** Lets the two ends of a channel ask each other for `answers`; other messages pass by untouched. */
export function openCalls(channel: Channel, answers: Answers): Call {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let calls = 0

  const send = (message: Question | Reply, failed = () => {}) => {
    if (channel.send === undefined) failed()
    else channel.send(message, undefined, {}, (error?: unknown) => error && failed())
  }

  async function answer({ question, id }: Question): Promise<void> {
    try {
      const known = Object.hasOwn(answers, question) ? answers[question] : undefined
      if (known === undefined) throw new Error(`unknown question ${question}`)
      send({ reply: id, value: await known() })
    } catch (error) {
      send({ reply: id, error: error instanceof Error ? error.message : String(error) })
    }
  }

  channel.on('message', (message) => {
    if (isQuestion(message)) void answer(message)
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
    send({ question: name, id }, () => {
      waiting.delete(id)
      call.reject(new Error('the other process has gone'))
    })
    return call.promise
  }
}

function isQuestion(message: unknown): message is Question {
  return typeof message === 'object' && message !== null && 'question' in message
}

function isReply(message: unknown): message is Reply {
  return typeof message === 'object' && message !== null && 'reply' in message
}
