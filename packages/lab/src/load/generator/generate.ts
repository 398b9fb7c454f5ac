import { setTimeout as sleep } from 'node:timers/promises'
import { plainAccess } from '../../cart-api/access.ts'
import { packAccess } from '../../cart-api/access-data.ts'
import type { LoadSpec } from '../../results/load-spec.ts'
import type { LoadTarget } from '../load-target.ts'
import { type Share, WHOLE } from '../schedule/share.ts'
import { systemMs } from './clock.ts'
import { type GeneratorClient, startGenerator } from './generator-client.ts'
import { mergeProgress } from './merge-progress.ts'
import { mergeReports } from './merge-reports.ts'
import type { MergedReport, RunProgress } from './messages.ts'
import { createSteadyRule, type SteadyRule, WINDOW_US } from './warm-up.ts'

export interface GenerateOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: RunProgress) => void) | undefined
  /** Number of processes that share the load; 1 by default. */
  readonly generators?: number | undefined
  /** The part of the load to generate, whose warm-up then takes its maximum time; all of it by default. */
  readonly share?: Share | undefined
  /** When the run starts, milliseconds since the epoch by the clock of this machine; as soon as possible by default. */
  readonly startAt?: number | undefined
  /** Whether the response times of every second are reported. */
  readonly keepsTimes?: boolean | undefined
  /** Whether progress has the distribution of the response times so far. */
  readonly sendsBuckets?: boolean | undefined
}

/** Several processes start together, so long after all of them are ready. */
const START_MS = 20
/** How long before a start its generators are told. */
const NOTICE_MS = 500
/** The measured time begins so many windows after the one that decided it: until then all generators know. */
const NOTICE_WINDOWS = 2

/**
 * Runs a load in one or several processes. They start at the same moment, and their measured time begins at the same
 * moment; nothing else has to be agreed on, since what depends on each other is in one share. The processes have ended
 * when this resolves or rejects.
 *
 * @throws LoadError when a process fails
 */
export async function generate(
  spec: LoadSpec,
  { url, access = plainAccess(), carts = [] }: LoadTarget,
  options: GenerateOptions,
): Promise<MergedReport> {
  const { signal, generators: of = 1, share = WHOLE, startAt, keepsTimes = false } = options
  const guided = of > 1 || share.length > 0
  const rule = guided && spec.warmup_s > 0 ? createSteadyRule(spec.warmup_s * 1e6) : null
  const longest = spec.warmup_s * 1e6
  const clients: GeneratorClient[] = []
  await using stack = new AsyncDisposableStack()
  const stop = () => {
    for (const client of clients) client.stop()
  }
  const onWindow = gatherWindows(of, rule, (at) => {
    // Without notice all begin at the maximum time. Parts on other machines cannot be told.
    if (share.length > 0 || at >= longest) return
    for (const client of clients) client.send({ type: 'measure', at })
  })
  const onProgress = gatherProgress(of, options.onProgress)
  const { promise: allOpen, resolve: onAllOpen } = Promise.withResolvers<void>()
  let open = 0
  const run = {
    type: 'run' as const,
    spec,
    guided,
    keepsTimes: keepsTimes || guided,
    sendsBuckets: options.sendsBuckets === true || guided,
    url,
    access: packAccess(access),
    carts,
  }
  for (let index = 0; index < of; index++) {
    const name = of === 1 ? 'the load generator' : `load generator ${index + 1} of ${of}`
    const own = of === 1 ? share : [...share, { index, of }]
    const client = startGenerator(name, {
      ready: () => client.send({ ...run, share: own }),
      open() {
        if (++open === of) onAllOpen()
      },
      window: ({ times }) => onWindow(index, times),
      progress: ({ progress }) => onProgress(index, progress),
    })
    stack.use(client)
    clients.push(client)
  }
  signal?.addEventListener('abort', stop, { once: true })
  stack.defer(() => signal?.removeEventListener('abort', stop))
  const reports = Promise.all(
    clients.map(async (client) => {
      const report = await client.report
      // A service that is given up by one generator is given up by all.
      if (report.cut_off !== null) stop()
      return report
    }),
  )
  await Promise.race([allOpen, reports])
  if (startAt !== undefined)
    await sleep(Math.max(0, startAt - Date.now() - NOTICE_MS), undefined, { signal }).catch(
      () => {},
    )
  if (signal?.aborted) stop()
  const at = systemMs() + untilStart(guided, signal?.aborted ? undefined : startAt)
  for (const client of clients) client.send({ type: 'start', at })
  return mergeReports(await reports, rule?.report() ?? null)
}

/** Milliseconds. */
function untilStart(guided: boolean, startAt: number | undefined): number {
  if (startAt !== undefined) return startAt - Date.now()
  return guided ? START_MS : 0
}

/** Evaluates the rule of the warm-up on the windows of all generators. */
function gatherWindows(of: number, rule: SteadyRule | null, onSteady: (at: number) => void) {
  const waiting = Array.from({ length: of }, (): (readonly number[])[] => [])
  let closed = 0
  let over = false
  return (generator: number, times: readonly number[]) => {
    waiting[generator]?.push(times)
    while (rule !== null && !over && waiting.every(({ length }) => length > 0)) {
      for (const queue of waiting) for (const time of queue.shift() ?? []) rule.record(time)
      closed++
      over = rule.isOver(closed * WINDOW_US)
      if (over) onSteady((closed + NOTICE_WINDOWS) * WINDOW_US)
    }
  }
}

/** Reports the progress of all generators together, each time the last one has reported. */
function gatherProgress(of: number, onProgress: GenerateOptions['onProgress']) {
  const latest = new Map<number, RunProgress>()
  return (generator: number, progress: RunProgress) => {
    latest.set(generator, progress)
    if (latest.size < of) return
    onProgress?.(mergeProgress([...latest.values()]))
    latest.clear()
  }
}
