import { parentPort, workerData } from 'node:worker_threads'
import type { Share, ShareFindings } from './all-cores.ts'
import { checkCarts } from './check-carts.ts'
import { packAges, unpack } from './pack.ts'
import { prepare } from './prepared.ts'

/** A thread of `checkHistoryOnAllCores`: checks its share of the carts and answers with what it found. */
const { components, operations, listed, keys, versions, settings }: Share = workerData
const prepared = prepare({ operations: unpack(operations) }, keys, unpack(listed))
const { cells, overlaps, freshness } = checkCarts(prepared, components, versions, settings)
const findings: ShareFindings = { cells, overlaps, ages: packAges(freshness) }
parentPort?.postMessage(findings, [findings.ages.buffer as ArrayBuffer])
