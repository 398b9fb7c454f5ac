import { parentPort, workerData } from 'node:worker_threads'
import { componentsTaken, type WorkerFindings, type WorkerTask } from './all-cores.ts'
import { openCartsCheck } from './check-carts.ts'
import { packAges, unpack } from './pack.ts'
import { prepare } from './prepared.ts'

/** A thread of `checkHistoryOnAllCores`: checks components until none is left and posts its findings. */
const task: WorkerTask = workerData
const { packed, keys, versions, settings } = task
const carts = openCartsCheck(versions, settings)
for (const at of componentsTaken(task)) {
  const operations = unpack(packed, 2 * at)
  const prepared = prepare({ operations }, keys, unpack(packed, 2 * at + 1))
  carts.check(prepared, [...prepared.survey.carts.keys()])
}
const { cells, overlaps, freshness, balance, unchecked } = carts.findings()
const findings: WorkerFindings = { cells, overlaps, balance, unchecked, ages: packAges(freshness) }
parentPort?.postMessage(findings, [findings.ages.buffer as ArrayBuffer])
