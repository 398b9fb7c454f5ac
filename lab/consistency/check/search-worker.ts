import { parentPort, workerData } from 'node:worker_threads'
import type { Share } from './all-cores.ts'
import { prepare, runJobs } from './prepared.ts'

/** A thread of `checkHistoryOnAllCores`: makes its share of the searches and answers with what came of them. */
const { operations, keys, jobs, effort }: Share = workerData
const prepared = prepare({ operations }, keys)
parentPort?.postMessage(runJobs(prepared, jobs, effort))
