import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { systemMs } from '../../lab/load/generator/clock.ts'

/** The thread, started with one call whose deadline is so many milliseconds from now. */
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

test('rings for a call whose notification arrives after the call was seen', async () => {
  const { calls, deadline, rung } = startThread(1500)
  // Wakes the thread from its sleep for this call; a run hung when the thread then waited for another one.
  while (Atomics.notify(calls, 0) === 0) await nextTurn()
  expect(await rung).toBeGreaterThanOrEqual(deadline[0] ?? 0)
})

test('rings for an earlier deadline that is set while it sleeps, and once for each', async () => {
  const { calls, deadline, rung, rings } = startThread(1e9)
  while (Atomics.notify(calls, 0) === 0) await nextTurn()
  deadline[0] = systemMs() + 20
  Atomics.add(calls, 0, 1)
  Atomics.notify(calls, 0)
  await rung
  // Wait until it sleeps again: only then does a notification have an effect.
  while (Atomics.notify(calls, 0) === 0) await nextTurn()
  expect(rings()).toBe(1)
})
