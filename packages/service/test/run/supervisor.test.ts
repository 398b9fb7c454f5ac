import { EventEmitter } from 'node:events'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { supervise, type WorkerProcess } from '../../src/run/supervisor.ts'
import { failedMessage } from '../../src/run/worker-messages.ts'

const URL_ = 'http://127.0.0.1:4567'
const logger = pino({ level: 'silent' })

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A fake worker process. */
class FakeWorker extends EventEmitter {
  readonly number: number
  readonly port: number | undefined
  readonly signals: string[] = []
  readonly process = { pid: 1, kill: (signal: NodeJS.Signals) => this.end(null, signal) }
  obedient = true
  responsive = true

  constructor(number: number, port: number | undefined) {
    super()
    this.number = number
    this.port = port
  }
  listens(url = URL_) {
    this.emit('message', { type: 'listening', url })
  }
  end(code: number | null, signal: string | null = null) {
    if (signal !== null) this.signals.push(signal)
    this.emit('exit', code, signal)
  }
  send({ type }: { readonly type: string }) {
    if (type === 'stop' && this.obedient) queueMicrotask(() => this.end(0))
    if (type === 'beat' && this.responsive) this.emit('message', { type })
  }
}

function start(count: number) {
  const workers: FakeWorker[] = []
  const crew = supervise({
    count,
    stopMs: 5000,
    logger,
    fork(number, port) {
      const worker = new FakeWorker(number, port)
      workers.push(worker)
      return worker as WorkerProcess
    },
  })
  const last = () => workers.at(-1) as FakeWorker
  return { workers, crew, last }
}

describe('starting', () => {
  it('is done when all workers listen', async () => {
    const { workers, crew } = start(3)
    let done = false
    void crew.then(() => {
      done = true
    })
    expect(workers.map(({ number }) => number)).toEqual([1, 2, 3])
    workers[0]?.listens()
    workers[2]?.listens()
    await vi.advanceTimersByTimeAsync(0)
    expect(done).toBe(false)
    workers[1]?.listens()
    expect((await crew).url).toBe(URL_)
  })

  it.each([
    new ConfigError('PORT must be integer'),
    new CartError('STORE_UNAVAILABLE', 'nobody there'),
    new Error('listen EADDRINUSE'),
  ])('fails once, with the error that a worker reports: %s', async (error) => {
    const { workers, crew } = start(2)
    const failed = expect(crew).rejects.toEqual(error)
    workers[0]?.listens()
    workers[1]?.emit('message', failedMessage(error))
    workers[1]?.end(1)
    await failed
    await expect(crew).rejects.toBeInstanceOf(error.constructor)
    expect(workers).toHaveLength(2)
  })

  it('fails when a worker exits without a report', async () => {
    const { workers, crew } = start(1)
    workers[0]?.end(null, 'SIGSEGV')
    await expect(crew).rejects.toThrow('worker 1 exited with SIGSEGV before it listened')
  })
})

describe('a worker that a signal ends before it listens', () => {
  it('is replaced if another listens already', async () => {
    const { workers, crew, last } = start(2)
    const [first, second] = workers as [FakeWorker, FakeWorker]
    first.listens()
    second.end(null, 'SIGKILL')
    await vi.advanceTimersByTimeAsync(0)
    expect(workers.map(({ number }) => number)).toEqual([1, 2, 2])
    last().listens()
    await (await crew).stop()
    expect(first.signals).toEqual([])
  })

  it.each(['SIGINT', 'SIGTERM'])(
    'ends the start if it was asked to stop with %s',
    async (signal) => {
      const { workers, crew } = start(2)
      const [first, second] = workers as [FakeWorker, FakeWorker]
      first.listens()
      const failed = expect(crew).rejects.toThrow(
        `worker 2 exited with ${signal} before it listened`,
      )
      second.end(null, signal)
      await failed
      expect(workers).toHaveLength(2)
    },
  )

  it('ends the start when too many die, and the others stop', async () => {
    const { workers, crew, last } = start(2)
    const failed = expect(crew).rejects.toThrow('workers died 7 times within 60 s')
    workers[0]?.listens()
    for (let death = 1; death <= 7; death++) {
      last().end(null, 'SIGKILL')
      await vi.advanceTimersByTimeAsync(0)
    }
    await failed
    expect(workers).toHaveLength(8)
  })
})

describe('a worker that is frozen', () => {
  it('is ended and replaced when it has missed ten beats', async () => {
    const { workers, crew, last } = start(2)
    for (const worker of workers) worker.listens()
    const { stop } = await crew
    const [first, second] = workers as [FakeWorker, FakeWorker]
    await vi.advanceTimersByTimeAsync(60_000)
    expect(workers).toHaveLength(2)
    first.responsive = false
    await vi.advanceTimersByTimeAsync(9000)
    expect(first.signals).toEqual([])
    await vi.advanceTimersByTimeAsync(2000)
    expect([first.signals, second.signals, last().number]).toEqual([['SIGKILL'], [], 1])
    last().listens()
    await stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is left alone if it responds again in time', async () => {
    const { workers, crew, last } = start(1)
    last().listens()
    const { stop } = await crew
    for (let round = 0; round < 3; round++) {
      last().responsive = false
      await vi.advanceTimersByTimeAsync(8000)
      last().responsive = true
      await vi.advanceTimersByTimeAsync(2000)
    }
    expect(workers).toHaveLength(1)
    await stop()
  })
})

describe('a worker that dies', () => {
  it('is replaced by a worker with its number', async () => {
    const { workers, crew } = start(2)
    for (const worker of workers) worker.listens()
    await crew
    workers[1]?.end(null, 'SIGKILL')
    expect(workers.map(({ number, port }) => [number, port])).toEqual([
      [1, undefined],
      [2, undefined],
      [2, undefined],
    ])
  })

  it('is replaced with an explicit port when no worker has the port open', async () => {
    const { workers, crew, last } = start(1)
    last().listens()
    await crew
    last().end(1)
    last().listens()
    last().end(1)
    expect(workers.map(({ port }) => port)).toEqual([undefined, 4567, 4567])
  })

  it('stops the service when too many die within a minute', async () => {
    const { crew, last } = start(1)
    last().listens()
    const { failed, stop } = await crew
    for (let death = 0; death < 3; death++) {
      last().end(null, 'SIGKILL')
      last().listens()
    }
    await vi.advanceTimersByTimeAsync(60_001)
    for (let death = 0; death < 3; death++) {
      last().end(null, 'SIGKILL')
      last().listens()
    }
    last().end(null, 'SIGABRT')
    expect((await failed).message).toBe(
      'workers died 4 times within 60 s, most recently: worker 1 (1) exited with SIGABRT',
    )
    await stop()
  })

  it('is replaced again after a pause when its replacement cannot start', async () => {
    const { workers, crew, last } = start(1)
    last().listens()
    const { failed, stop } = await crew
    last().end(1)
    for (let attempt = 0; attempt < 2; attempt++) {
      last().emit('message', failedMessage(new CartError('STORE_UNAVAILABLE', 'nobody there')))
      last().end(1)
      await vi.advanceTimersByTimeAsync(999)
      expect(workers).toHaveLength(attempt + 2)
      await vi.advanceTimersByTimeAsync(1)
      expect(workers).toHaveLength(attempt + 3)
    }
    last().emit('message', failedMessage(new CartError('STORE_UNAVAILABLE', 'nobody there')))
    last().end(1)
    expect((await failed).message).toBe(
      'workers died 4 times within 60 s, most recently: nobody there',
    )
    await stop()
  })

  it('stops the service when a replacement listens at another URL', async () => {
    const { workers, crew, last } = start(2)
    for (const worker of workers) worker.listens()
    const { failed } = await crew
    workers[0]?.end(1)
    last().listens('http://127.0.0.1:9999')
    expect((await failed).message).toContain(URL_)
  })
})

describe('stopping', () => {
  it('waits for all workers and replaces none', async () => {
    const { workers, crew } = start(2)
    for (const worker of workers) worker.listens()
    await (await crew).stop()
    expect(workers).toHaveLength(2)
    expect(workers.flatMap(({ signals }) => signals)).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('kills a worker that does not exit in time', async () => {
    const { workers, crew } = start(2)
    for (const worker of workers) worker.listens()
    const { stop } = await crew
    for (const worker of workers) worker.obedient = worker.number === 1
    const stopped = stop()
    await vi.advanceTimersByTimeAsync(4999)
    expect(workers[1]?.signals).toEqual([])
    const refused = expect(stopped).rejects.toThrow('worker 2 exited with SIGKILL instead of')
    await vi.advanceTimersByTimeAsync(1)
    await refused
    expect(workers.map(({ signals }) => signals)).toEqual([[], ['SIGKILL']])
  })

  it('fails if a worker failed to stop', async () => {
    const { crew, last } = start(1)
    last().listens()
    const { stop } = await crew
    last().obedient = false
    const stopped = stop()
    last().end(1)
    await expect(stopped).rejects.toThrow('worker 1 exited with code 1 instead of stopping')
  })

  it('cancels a pending replacement', async () => {
    const { workers, crew, last } = start(1)
    last().listens()
    const { stop } = await crew
    last().end(1)
    last().end(1)
    await vi.advanceTimersByTimeAsync(0)
    await stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(workers).toHaveLength(2)
  })
})
