import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../packages/lab/src/stats/median.ts'
import type { Bench } from '../bench.ts'
import type { Figures, Pair } from '../pair.ts'
import { loadHttp } from '../support/load.ts'
import { residentMiB } from '../support/process-figures.ts'
import { writeRequests } from '../support/requests.ts'
import { seed } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

/** With turns of 5 seconds: one minute, then nine more. */
const FIRST_TURNS = 12
const LATER_TURNS = 108
/** Garbage collection makes memory fluctuate, so the median of the last ten seconds counts. */
const SAMPLED_TURNS = 2
const SAMPLE_MS = 100

/** Whether the service leaks memory. */
export const memory: Pair = {
  name: 'memory',
  long: true,
  what: 'memory of the service after 10 minutes at full load against after 1 minute',
  a: 'after ten minutes of gets, adds and creates (6 : 3 : 1), 64 connections',
  b: 'after the first minute of it',
  goals: [{ metric: 'resident_mib', compare: 'ratio', want: 'at most', floor: 1.1 }],
  once: true,
  async open(bench) {
    const { url } = await bench.postgres()
    const service = await startOnPostgres(bench, url)
    bench.defer(service.stop)
    await seed(url)
    const requests = await writeRequests(bench.scratch, 'mix')
    const loadFor = (turns: number) => async () => {
      const load = { url: service.url, requests, connections: 64, seconds: bench.seconds * turns }
      return memoryUnder(bench, service.pid, () => loadHttp(bench, load), load.seconds)
    }
    return { b: loadFor(FIRST_TURNS), a: loadFor(LATER_TURNS) }
  },
}

async function memoryUnder(
  { signal, seconds: turn }: Bench,
  pid: number,
  load: () => Promise<{ answers: number; seconds: number }>,
  seconds: number,
): Promise<Figures> {
  const samples: number[] = []
  let running = true
  const done = load().finally(() => {
    running = false
  })
  const wait = (seconds - SAMPLED_TURNS * turn) * 1000
  await Promise.race([done, sleep(wait, undefined, { signal, ref: false })])
  while (running) {
    samples.push(await residentMiB(pid))
    await sleep(SAMPLE_MS, undefined, { signal })
  }
  const { answers, seconds: took } = await done
  return { resident_mib: median(samples), per_second: answers / took }
}
