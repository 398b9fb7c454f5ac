import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { systemMs } from '../../lab/load/generator/clock.ts'

/** The thread, with one call that it finds when it starts: its deadline is so many milliseconds from now. */
function startThread(ms: number) {
  const cell = new SharedArrayBuffer(16)
  const [calls, deadline] = [new Int32Array(cell, 0, 2), new Float64Array(cell, 8, 1)]
  deadline[0] = systemMs() + ms
  Atomics.add(calls, 0, 1)
  const program = new URL('../../lab/load/generator/alarm-thread.ts', import.meta.url)
  const thread = new Worker(program, { workerData: cell })
  onTestFinished(async () => void (await thread.terminate()))
  let rings = 0
  const rung = new Promise<number>((resolve) =>
    thread.on('message', () => {
      rings++
      resolve(systemMs())
    }),
  )
  return { calls, deadline, rung, rings: () => rings }
}

test('rings for a call whose notice comes only when it has been heard', async () => {
  const { calls, deadline, rung } = startThread(1500)
  // Wakes the thread out of its sleep for this very call; a run hung when it then waited for another one.
  while (Atomics.notify(calls, 0) === 0) await nextTurn()
  expect(await rung).toBeGreaterThanOrEqual(deadline[0] ?? 0)
})

test('rings for an earlier deadline that comes while it sleeps, and for each only once', async () => {
  const { calls, deadline, rung, rings } = startThread(1e9)
  while (Atomics.notify(calls, 0) === 0) await nextTurn()
  deadline[0] = systemMs() + 20
  Atomics.add(calls, 0, 1)
  Atomics.notify(calls, 0)
  await rung
  // It sleeps again, until it is called: only then is there anyone to wake.
  while (Atomics.notify(calls, 0) === 0) await nextTurn()
  expect(rings()).toBe(1)
})
