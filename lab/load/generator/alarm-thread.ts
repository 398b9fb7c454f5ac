import { parentPort, workerData } from 'node:worker_threads'

/** The thread of `clock.ts`: sleeps until the deadline it was last given, then rings, once for each deadline. */
const cell = workerData as SharedArrayBuffer
const [calls, deadline] = [new Int32Array(cell, 0, 2), new Float64Array(cell, 8, 1)]
/** The call that was last rung for. */
let rung = 0

for (;;) {
  const heard = Atomics.load(calls, 0)
  const left = (deadline[0] ?? 0) - Number(process.hrtime.bigint()) / 1e6
  // Whatever ends a sleep, everything is looked at again: the notice of a call can come when it has long been heard.
  if (heard === rung) Atomics.wait(calls, 0, heard)
  else if (left > 0) Atomics.wait(calls, 0, heard, left)
  else {
    rung = heard
    parentPort?.postMessage(0)
  }
}
