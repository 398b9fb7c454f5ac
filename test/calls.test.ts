import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openCalls, type Procedures } from '../src/calls.ts'

/** Two ends of a channel that carries JSON, like Node's IPC channel. */
function connect() {
  const ends = [new EventEmitter(), new EventEmitter()] as const
  let open = true
  const endOf = (own: EventEmitter, other: EventEmitter) => ({
    on: (event: 'message', listener: (message: unknown) => void) => own.on(event, listener),
    send(message: object, _: undefined, __: object, done: (error?: Error) => void) {
      const copy = JSON.parse(JSON.stringify(message))
      queueMicrotask(() => {
        if (open) other.emit('message', copy)
        done(open ? undefined : new Error('ERR_IPC_CHANNEL_CLOSED'))
      })
      return open
    },
  })
  return {
    here: endOf(ends[0], ends[1]),
    there: endOf(ends[1], ends[0]),
    foreign: (message: unknown) => ends[0].emit('message', message),
    close: () => {
      open = false
    },
  }
}

describe('calls between two processes', () => {
  it('work in both directions and settle in any order', async () => {
    const { here, there } = connect()
    const slow = Promise.withResolvers<string>()
    const procedures: Procedures = { slow: () => slow.promise, quick: async () => ({ n: 1 }) }
    const call = openCalls(here, { name: async () => 'here' })
    const back = openCalls(there, procedures)
    const late = call('slow')
    expect(await call('quick')).toEqual({ n: 1 })
    slow.resolve('done')
    expect(await late).toBe('done')
    expect(await back('name')).toBe('here')
  })

  it('reject when the function fails, is unknown, or the other process has exited', async () => {
    const { here, there, foreign, close } = connect()
    const call = openCalls(here, {})
    openCalls(there, { fails: () => Promise.reject(new Error('broken')) })
    await expect(call('fails')).rejects.toThrow('broken')
    await expect(call('constructor')).rejects.toThrow('unknown function')
    foreign(null)
    foreign({ type: 'listening' })
    foreign({ reply: 999, value: 1 })
    close()
    await expect(call('fails')).rejects.toThrow('exited')
  })
})
