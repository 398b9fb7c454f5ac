import {
  type CheckOptions,
  checkHistoryOnAllCores,
  readHistory,
} from '../../packages/histories/src/index.ts'

/** What a separate process checks, and how often. */
export interface CheckTask {
  readonly path: string
  readonly runs: number
  readonly options: CheckOptions
  readonly threads: number
}

export interface Checked {
  readonly operations: number
  /** Duration of the first check of a process. */
  readonly first_ms: number
  /** Median of the second half of the runs. */
  readonly warm_ms: number
  /** Peak memory of the process, reading included. */
  readonly peak_mb: number
  readonly verdicts: string
}

/** `node bench/support/check-file.ts TASK`: reads a history, then measures its check; prints Checked. */
if (import.meta.main)
  console.log(JSON.stringify(await checkFile(JSON.parse(process.argv[2] ?? ''))))

async function checkFile({ path, runs, options, threads }: CheckTask): Promise<Checked> {
  const history = await readHistory(path)
  const times: number[] = []
  let verdicts = new Set<string>()
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    const { findings } = await checkHistoryOnAllCores(history, options, { threads })
    times.push(performance.now() - start)
    const promised = findings.filter((finding) => finding.promised)
    verdicts = new Set(promised.map(({ verdict }) => verdict))
  }
  const warm = times.slice(Math.floor(runs / 2)).sort((a, b) => a - b)
  return {
    operations: history.operations.length,
    first_ms: times[0] ?? 0,
    warm_ms: warm[Math.floor(warm.length / 2)] ?? 0,
    peak_mb: process.resourceUsage().maxRSS / 1024,
    verdicts: [...verdicts].join(' '),
  }
}
