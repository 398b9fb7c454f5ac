import { setTimeout as sleep } from 'node:timers/promises'
import type { OutcomeKind } from '../../results/load-result.ts'
import { hasSessions, type LoadSpec } from '../../results/load-spec.ts'
import { percentileMs } from '../../stats/histogram.ts'
import { createLogBuckets } from '../../stats/log-buckets.ts'
import { createTransport } from '../http/transport.ts'
import type { LoadTarget } from '../load-target.ts'
import { durationOf, openSchedule, openWarmUpSchedule } from '../schedule/schedule.ts'
import { countOf } from '../schedule/share.ts'
import { type Clock, openClock, systemMs } from './clock.ts'
import { encodeRecorder } from './encode-recorder.ts'
import { startEngine } from './engine.ts'
import { createGuidedWarmUp } from './guided-warm-up.ts'
import type { Assignment, GeneratorReport, RunProgress } from './messages.ts'
import { createRecorder, type Ended, type LatencyRecorder, TIMED } from './recorder.ts'
import { createWarmUp, type WarmUp } from './warm-up.ts'
import { watchLoop } from './watch-loop.ts'

/** A run in the generator's process. */
export interface Run {
  readonly report: Promise<GeneratorReport>
  /** Begins the measured time, microseconds since the start of the run; of a guided run. */
  measureAt(at: number): void
  stop(): void
}

export interface RunEvents {
  /** Called when the connections are open; the run starts at the time it resolves to, by `systemMs`. */
  readonly onOpen: () => Promise<number>
  readonly onProgress: (progress: RunProgress) => void
  /** A window of a guided warm-up has ended; with the times of its successes. */
  readonly onWindow: (times: readonly number[]) => void
}

const TURN_MS = 100
const TURNS_PER_PROGRESS = 5
/** A service that has not responded to any request for so long is given up. */
const SILENCE_US = 15_000_000
const UNANSWERED: ReadonlySet<OutcomeKind> = new Set(['network', 'timeout'])
const NOT_SENT: ReadonlySet<OutcomeKind> = new Set(['no_cart', 'unsent', 'interrupted'])

/** Opens the connections, executes the share of the spec's schedule and reports. */
export function startRun(
  { spec, share, guided, keepsTimes, sendsBuckets }: Assignment,
  { url, access, carts = [] }: LoadTarget,
  { onOpen, onProgress, onWindow }: RunEvents,
): Run {
  let cutOff: string | null = null
  let stop = () => {}
  const told = guided
    ? createGuidedWarmUp(openWarmUpSchedule(spec, share), spec.warmup_s * 1e6, onWindow)
    : null
  const openWarmUp = (): WarmUp | null => {
    if (told !== null || spec.warmup_s === 0) return told
    return createWarmUp(openWarmUpSchedule(spec, share), spec.warmup_s * 1e6)
  }
  const cut = (reason: string) => {
    cutOff ??= reason
    stop()
  }

  async function execute(): Promise<GeneratorReport> {
    const connections = countOf(spec.connections, share)
    const transport = createTransport(url, connections, spec.timeout_ms, access)
    await transport.open()
    const start = await onOpen()
    await sleep(Math.max(0, start - systemMs()))
    const duration = spec.operations === null ? durationOf(spec) : Number.POSITIVE_INFINITY
    const warmUp = openWarmUp()
    let measuredFrom: number | null = null
    const recorder = createRecorder(keepsTimes)
    const buckets = sendsBuckets ? createLogBuckets() : null
    const watched = watchOutcomes((ended) => {
      if (ended.part === 'warm-up') warmUp?.record(ended)
      else if (TIMED.has(ended.outcome.kind)) buckets?.record(ended.endedAt - ended.at)
      recorder.record(ended)
    })
    const started_at = new Date().toISOString()
    const clock = openClock(start)
    const loop = watchLoop(recorder.series)
    const engine = startEngine({
      warmUp,
      schedule: openSchedule(spec, share),
      onMeasure(now) {
        measuredFrom = now
        recorder.measure(now, now + duration)
        loop.measure(now + duration)
      },
      transport,
      clock,
      recorder: { record: watched.record, recordLag: recorder.recordLag },
      loop: spec.loop,
      sessions: hasSessions(spec),
      carts,
      duration,
      grace: spec.timeout_ms * 1000,
    })
    stop = engine.stop
    if (cutOff !== null) stop()
    const tell = progressTeller(
      spec,
      clock,
      recorder,
      watched,
      () => measuredFrom,
      (progress) =>
        onProgress(buckets === null ? progress : { ...progress, buckets: buckets.counts() }),
    )
    const turns = everyTurn(() => {
      transport.expire()
      loop.look(clock.now())
      recorder.series.settleBefore(Math.floor((clock.now() - 3 * spec.timeout_ms * 1000) / 1e6))
      if (watched.isSilent(clock.now()))
        cut(`the service has not responded for ${SILENCE_US / 1e6} s`)
    }, tell)
    await engine.finished
    clearInterval(turns)
    // The last progress has all operations, so that what is sent while the load runs adds up to the result.
    if (sendsBuckets) tell()
    const elapsed = clock.now()
    const busy = loop.finish(elapsed)
    clock.close()
    transport.close()
    return {
      started_at,
      cut_off: cutOff,
      elapsed_s: elapsed / 1e6,
      measured_from_s: measuredFrom === null ? null : measuredFrom / 1e6,
      warm_up: warmUp?.report() ?? null,
      ...encodeRecorder(recorder),
      connections_opened: transport.opened(),
      ...busy,
    }
  }

  return {
    report: execute(),
    measureAt: (at) => told?.measureAt(at),
    stop: () => cut('interrupted'),
  }
}

function everyTurn(onTurn: () => void, onProgressTurn: () => void): NodeJS.Timeout {
  let turn = 0
  return setInterval(() => {
    onTurn()
    turn = (turn + 1) % TURNS_PER_PROGRESS
    if (turn === 0) onProgressTurn()
  }, TURN_MS)
}

/** Counts outcomes, including the warm-up, and notices a service that no longer responds. */
function watchOutcomes(record: (ended: Ended) => void) {
  const counts = { operations: 0, errors: 0 }
  let heardAt = 0
  let unansweredSince = 0
  return {
    counts,
    record(ended: Ended) {
      const { kind } = ended.outcome
      counts.operations++
      if (kind !== 'ok' && kind !== 'interrupted') counts.errors++
      if (UNANSWERED.has(kind)) unansweredSince++
      else if (!NOT_SENT.has(kind)) {
        heardAt = ended.endedAt
        unansweredSince = 0
      }
      record(ended)
    },
    isSilent: (now: number) => unansweredSince > 0 && now - heardAt > SILENCE_US,
  }
}

function progressTeller(
  spec: LoadSpec,
  clock: Clock,
  { overall }: LatencyRecorder,
  { counts }: { counts: { readonly operations: number; readonly errors: number } },
  measuredFrom: () => number | null,
  onProgress: (progress: RunProgress) => void,
): () => void {
  let last = { at: 0, operations: 0 }
  return () => {
    const at = clock.now()
    const rate = (1e6 * (counts.operations - last.operations)) / (at - last.at)
    last = { at, operations: counts.operations }
    const from = measuredFrom()
    const warmUp = from === null ? spec.warmup_s : from / 1e6
    onProgress({
      phase: 'run',
      elapsed_s: at / 1e6,
      total_s: spec.operations === null ? warmUp + spec.duration_s : null,
      total_operations: spec.operations,
      warming_up: from === null,
      ...counts,
      rate,
      p50: percentileMs(overall, 50),
      p99: percentileMs(overall, 99),
    })
  }
}
