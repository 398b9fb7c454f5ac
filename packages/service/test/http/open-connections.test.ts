import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openConnections } from '../../src/http/connections/open-connections.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('sets the time limit of a stalled response again for the next one of its connection', () => {
  const server = new EventEmitter()
  server.on('request', () => {})
  openConnections(server as Server, 3000)
  const limits: number[] = []
  const socket = Object.assign(new EventEmitter(), {
    bytesRead: 0,
    writable: true,
    writableLength: 1000,
    setTimeout: (ms: number) => limits.push(ms),
  })
  server.emit('connection', socket)
  /** A response whose headers are sent, and whose rest the client does not take. */
  function respond() {
    const request = Object.assign(new EventEmitter(), { socket, complete: true })
    const response = Object.assign(new EventEmitter(), { req: request, headersSent: true })
    server.emit('request', request, response)
    return response
  }
  const first = respond()
  vi.advanceTimersByTime(2000)
  expect(limits).toEqual([3000])
  first.emit('close')
  respond()
  vi.advanceTimersByTime(2000)
  expect(limits).toEqual([3000, 3000])
})
