import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { EngineError, type WatchedEngine } from '../../src/engines/engine.ts'
import { keepRunning } from '../../src/engines/keep-running.ts'

/** Databases that die on request; `log` has what happened to them. */
function makeDatabases() {
  const log: string[] = []
  let kill: (reason: string) => void = () => {}
  let broken = 0
  return {
    log,
    kill: (reason: string) => kill(reason),
    refuseNext: (times: number) => {
      broken = times
    },
    async start(port?: number): Promise<WatchedEngine> {
      if (broken-- > 0) throw new EngineError('it does not start')
      log.push(`start ${port}`)
      const dead = Promise.withResolvers<string>()
      kill = dead.resolve
      return {
        port: 7000,
        pid: 7,
        settings: {},
        untilDead: (signal) =>
          Promise.race([
            dead.promise,
            new Promise<undefined>((resolve) =>
              signal.addEventListener('abort', () => resolve(undefined)),
            ),
          ]),
        stop: async () => void log.push('stop'),
      }
    },
  }
}

describe('an embedded database that is kept running', () => {
  it('is started again on its port when it dies, and stops once', async () => {
    const databases = makeDatabases()
    const reasons: string[] = []
    const engine = await keepRunning({
      start: databases.start,
      restarting: (reason) => reasons.push(reason),
    })
    databases.kill('killed')
    while (databases.log.length < 3) await setImmediate()
    await engine.stop()
    expect(databases.log).toEqual(['start undefined', 'stop', 'start 7000', 'stop'])
    expect(reasons).toEqual(['killed'])
  })

  it('is given up with the reason when it dies for the fourth time within a minute', async () => {
    const databases = makeDatabases()
    let now = 0
    const restarted: PromiseWithResolvers<void>[] = []
    const engine = await keepRunning({
      start: databases.start,
      restarting: () => restarted.at(-1)?.resolve(),
      clock: () => now,
    })
    for (const at of [0, 70_000, 80_000, 90_000]) {
      now = at
      restarted.push(Promise.withResolvers())
      const starts = databases.log.length
      databases.kill(`death at ${at}`)
      await restarted.at(-1)?.promise
      while (databases.log.length < starts + 2) await setImmediate()
    }
    databases.kill('death at last')
    expect((await engine.failed).message).toBe(
      'The embedded database died 4 times within 60 s, most recently: death at last',
    )
    await engine.stop()
  })

  it('is tried again when it does not start at once', async () => {
    const databases = makeDatabases()
    const reasons: string[] = []
    const engine = await keepRunning({
      start: databases.start,
      restarting: (reason) => reasons.push(reason),
    })
    databases.refuseNext(1)
    databases.kill('killed')
    while (databases.log.length < 3) await setImmediate()
    await engine.stop()
    expect(reasons).toEqual(['killed', 'it does not start'])
  })
})
