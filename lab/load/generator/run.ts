import { encodeHistogram, mergeHistograms, percentileMs } from '../../stats/histogram.ts'
import type { OutcomeKind } from '../http/outcome.ts'
import { createTransport, type Transport } from '../http/transport.ts'
import { hasSessions, type LoadSpec } from '../load-spec.ts'
import { OPERATIONS, type Operation } from '../schedule/operations.ts'
import { endOf, openSchedule } from '../schedule/schedule.ts'
import { type Clock, openClock } from './clock.ts'
import { startEngine } from './engine.ts'
import type { EncodedTally, GeneratorReport, RunProgress } from './messages.ts'
import { createRecorder, type Ended, type Recorder, type Tally } from './recorder.ts'
import { watchLoop } from './watch-loop.ts'

/** A run in the generator's process. */
export interface Run {
  readonly report: Promise<GeneratorReport>
  stop(): void
}

const TURN_MS = 100
const TURNS_PER_PROGRESS = 5
/** A service that has answered nothing for so long while it was asked is given up. */
const SILENCE_US = 15_000_000
const UNANSWERED: ReadonlySet<OutcomeKind> = new Set(['network', 'timeout'])
const NOT_SENT: ReadonlySet<OutcomeKind> = new Set(['no_cart', 'unsent', 'interrupted'])

/** Opens the connections, carries out the spec's schedule and reports. */
export function startRun(
  spec: LoadSpec,
  url: string,
  carts: readonly string[],
  onProgress: (progress: RunProgress) => void,
): Run {
  let cutOff: string | null = null
  let stop = () => {}
  const cut = (reason: string) => {
    cutOff ??= reason
    stop()
  }

  async function carryOut(): Promise<GeneratorReport> {
    const transport = createTransport(url, spec.connections, spec.timeout_ms)
    await transport.open()
    const end = spec.operations === null ? endOf(spec) : Number.POSITIVE_INFINITY
    const recorder = createRecorder(spec.warmup_s * 1e6, end)
    const watched = watchOutcomes(recorder)
    const started_at = new Date().toISOString()
    const clock = openClock()
    const loop = watchLoop(spec.warmup_s * 1e6, end, recorder.series)
    const engine = startEngine({
      schedule: openSchedule(spec),
      transport,
      clock,
      recorder: { record: watched.record, recordLag: recorder.recordLag },
      loop: spec.loop,
      sessions: hasSessions(spec),
      carts,
      end,
      grace: spec.timeout_ms * 1000,
    })
    stop = engine.stop
    if (cutOff !== null) stop()
    const turns = everyTurn(
      () => {
        transport.expire()
        loop.look(clock.now())
        recorder.series.settleBefore(Math.floor((clock.now() - 3 * spec.timeout_ms * 1000) / 1e6))
        if (watched.isSilent(clock.now()))
          cut(`the service has answered nothing for ${SILENCE_US / 1e6} s`)
      },
      progressTeller(spec, clock, recorder, watched, onProgress),
    )
    await engine.finished
    clearInterval(turns)
    const elapsed = clock.now()
    const busy = loop.finish(elapsed)
    clock.close()
    transport.close()
    return {
      started_at,
      cut_off: cutOff,
      elapsed_s: elapsed / 1e6,
      ...reportOf(recorder, transport),
      ...busy,
    }
  }

  return { report: carryOut(), stop: () => cut('interrupted') }
}

function everyTurn(onTurn: () => void, onProgressTurn: () => void): NodeJS.Timeout {
  let turn = 0
  return setInterval(() => {
    onTurn()
    turn = (turn + 1) % TURNS_PER_PROGRESS
    if (turn === 0) onProgressTurn()
  }, TURN_MS)
}

/** Counts what ends, warm-up included, and notices a service that no longer answers. */
function watchOutcomes(recorder: Recorder) {
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
      recorder.record(ended)
    },
    isSilent: (now: number) => unansweredSince > 0 && now - heardAt > SILENCE_US,
  }
}

function progressTeller(
  spec: LoadSpec,
  clock: Clock,
  { overall }: Recorder,
  { counts }: { counts: { readonly operations: number; readonly errors: number } },
  onProgress: (progress: RunProgress) => void,
): () => void {
  let last = { at: 0, operations: 0 }
  return () => {
    const at = clock.now()
    const rate = (1e6 * (counts.operations - last.operations)) / (at - last.at)
    last = { at, operations: counts.operations }
    onProgress({
      phase: 'run',
      elapsed_s: at / 1e6,
      total_s: spec.operations === null ? endOf(spec) / 1e6 : null,
      total_operations: spec.operations,
      warming_up: at < spec.warmup_s * 1e6,
      ...counts,
      rate,
      p50: percentileMs(overall, 50),
      p99: percentileMs(overall, 99),
    })
  }
}

function reportOf(recorder: Recorder, transport: Transport) {
  const tallies = OPERATIONS.map((operation) => [operation, encode(recorder.tallies[operation])])
  return {
    ok_in_time: recorder.okInTime(),
    tallies: Object.fromEntries(tallies) as Record<Operation, EncodedTally>,
    lag: encodeHistogram(mergeHistograms([recorder.lag])),
    series: recorder.series.finish(),
    connections_opened: transport.opened(),
  }
}

function encode({ outcomes, response, service }: Tally): EncodedTally {
  return {
    outcomes: [...outcomes.values()],
    response: encodeHistogram(response),
    service: encodeHistogram(service),
  }
}
