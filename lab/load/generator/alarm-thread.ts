import { parentPort, workerData } from 'node:worker_threads'

/** The thread of `clock.ts`: sleeps until the deadline it was last given, then rings. */
const cell = workerData as SharedArrayBuffer
const [calls, deadline] = [new Int32Array(cell, 0, 2), new Float64Array(cell, 8, 1)]
let heard = 0

for (;;) {
  Atomics.wait(calls, 0, heard)
  heard = Atomics.load(calls, 0)
  const left = (deadline[0] ?? 0) - Number(process.hrtime.bigint()) / 1e6
  // An earlier deadline that comes meanwhile cuts the sleep short: the count has changed.
  if (left > 0 && Atomics.wait(calls, 0, heard, left) !== 'timed-out') continue
  parentPort?.postMessage(0)
}
