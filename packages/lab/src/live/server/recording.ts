import { join } from 'node:path'
import { formatHistory, type HistoryHeader, type Operation } from '@pushcart/histories'
import { makeFolder, writeText } from '../../results/output-file.ts'
import { type FindingEvent, FRAME_MS, type Frame, type Hello } from '../protocol.ts'
import { seenLoad } from './seen-load.ts'
import type { Stage } from './stage.ts'

/** The file that `pushcart live` replays. */
export const RECORDING_FILE = 'live.json'
/** In a folder for each service: a report is written beside it. */
export const LOAD_FILE = 'load.json'
export const RECORDING_FORMAT = 'pushcart live recording'

/** What was seen, as the file has it. */
export interface Recording {
  readonly format: typeof RECORDING_FORMAT
  readonly version: 1
  readonly recorded_at: string
  readonly hello: Hello
  readonly frames: readonly Frame[]
  readonly findings: readonly FindingEvent[]
}

/** Keeps what the page shows, the newest hour of it, and the newest operations of each side, in bounded memory. */
export interface Recorder {
  /** @returns the names of the written files */
  save(folder: string): Promise<string[]>
  stop(): void
}

const MAX_FRAMES = (3600 * 1000) / FRAME_MS
const MAX_OPERATIONS = 30_000
const MAX_FINDINGS = 500

export function startRecorder(stage: Pick<Stage, 'subscribe' | 'hello' | 'startedAt'>): Recorder {
  /** As JSON, which takes a quarter of the memory of the objects. */
  const frames: string[] = []
  const findings: FindingEvent[] = []
  const histories = new Map<
    string,
    { header: HistoryHeader; carts: (readonly Operation[])[]; size: number }
  >()
  const stop = stage.subscribe({
    frame(frame) {
      frames.push(JSON.stringify(frame))
      if (frames.length > MAX_FRAMES) frames.shift()
    },
    finding(finding) {
      findings.push(finding)
      if (findings.length > MAX_FINDINGS) findings.shift()
    },
    cart(side, header, operations) {
      const history = histories.get(side) ?? { header, carts: [], size: 0 }
      histories.set(side, history)
      history.carts.push(operations)
      history.size += operations.length
      while (history.size > MAX_OPERATIONS) history.size -= history.carts.shift()?.length ?? 0
    },
  })

  return {
    stop,
    async save(folder) {
      await makeFolder(folder)
      const seen = frames.map((frame): Frame => JSON.parse(frame))
      const start = seen[0]?.at ?? 0
      const last = seen.at(-1)?.at ?? start
      const shown = findings.filter(({ at }) => at >= start)
      const recording: Recording = {
        format: RECORDING_FORMAT,
        version: 1,
        recorded_at: new Date().toISOString(),
        hello: { ...stage.hello(), kind: 'replay', length_ms: last - start, findings: [] },
        frames: seen.map((frame) => ({ ...frame, at: frame.at - start })),
        findings: shown.map((finding) => ({ ...finding, at: finding.at - start })),
      }
      await writeText(join(folder, RECORDING_FILE), `${JSON.stringify(recording)}\n`)
      const files = [RECORDING_FILE]
      for (const [side, { header, carts }] of histories) {
        const history = `${side}.ndjson`
        const operations = joined(carts)
        await writeText(join(folder, history), formatHistory({ header, operations }))
        files.push(history)
        if (operations.length === 0) continue
        const load = join(side, LOAD_FILE)
        const result = seenLoad(operations, stage.startedAt, history)
        await makeFolder(join(folder, side))
        await writeText(join(folder, load), `${JSON.stringify(result, null, 1)}\n`)
        files.push(load)
      }
      return files
    },
  }
}

/** The operations of all carts as one history: sessions of different carts are different, and ids are unique. */
function joined(carts: readonly (readonly Operation[])[]): Operation[] {
  return carts
    .flatMap((operations, cart) =>
      operations.map((operation) => ({ ...operation, session: `c${cart}${operation.session}` })),
    )
    .sort((a, b) => a.call - b.call)
    .map((operation, id) => ({ ...operation, id }))
}
