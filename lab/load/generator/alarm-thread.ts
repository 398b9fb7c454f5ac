import { parentPort, workerData } from 'node:worker_threads'

/** The thread of `clock.ts`: sleeps until the latest deadline, then posts a message, once for each deadline. */
const cell = workerData as SharedArrayBuffer
const [calls, deadline] = [new Int32Array(cell, 0, 2), new Float64Array(cell, 8, 1)]
/** The last call whose deadline was signalled. */
let signalled = 0

for (;;) {
  const seen = Atomics.load(calls, 0)
  const left = (deadline[0] ?? 0) - Number(process.hrtime.bigint()) / 1e6
  // Everything is checked again whatever ended a sleep: the notification of a call can arrive after the call was seen.
  if (seen === signalled) Atomics.wait(calls, 0, seen)
  else if (left > 0) Atomics.wait(calls, 0, seen, left)
  else {
    signalled = seen
    parentPort?.postMessage(0)
  }
}
