import { batch, signal } from '@preact/signals-core'
import type { ClickResult, FindingEvent, Frame, Hello, SideInfo } from '../protocol.ts'
import { openTimeline } from './series.ts'
import { act, listen } from './server.ts'

/** All that the page shows. Views only read it. */
export const hello = signal<Hello | null>(null)
export const connected = signal(true)
/** A recording has been played to its end. */
export const ended = signal(false)
/** Number of the latest frame: views of the timeline depend on it. */
export const tick = signal(0)
export const latest = signal<Frame | null>(null)
export const findings = signal<readonly FindingEvent[]>([])
/** What went wrong with the last action, one sentence. */
export const problem = signal<string | null>(null)
/** The folder and commands of the last save. */
export const saved = signal<{
  readonly folder: string
  readonly commands: readonly string[]
} | null>(null)

export const timeline = openTimeline()

const KEPT_FINDINGS = 20

export function start(): void {
  listen({
    hello(given) {
      // The carts of another run do not exist any more.
      if (hello.value !== null && hello.value.run !== given.run) return location.reload()
      timeline.clear()
      batch(() => {
        hello.value = given
        findings.value = given.findings.toReversed().slice(0, KEPT_FINDINGS)
        ended.value = false
      })
    },
    frame(frame) {
      timeline.push(frame)
      batch(() => {
        latest.value = frame
        tick.value++
      })
    },
    finding(finding) {
      findings.value = [finding, ...findings.value].slice(0, KEPT_FINDINGS)
    },
    end() {
      ended.value = true
    },
    connected(is) {
      connected.value = is
    },
  })
}

export function sides(): readonly SideInfo[] {
  return hello.value?.sides ?? []
}

export function isLive(): boolean {
  return hello.value?.kind === 'live'
}

/** Runs an action of the reader, and shows why it failed. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  problem.value = null
  try {
    await work()
  } catch (error) {
    problem.value = error instanceof Error ? error.message : String(error)
  }
}

export const setLoad = (shoppers: number, mix: string) =>
  attempt(async () => void (await act('load', { shoppers, mix })))

export const setFault = (fault: string, side: string, on: boolean) =>
  attempt(async () => void (await act('fault', { fault, side, on })))

/** An action of the moving shop is being sent. */
export const moving = signal(false)

export const move = (action: 'open' | 'start' | 'back' | 'finish' | 'close') =>
  attempt(async () => {
    moving.value = true
    try {
      await act('move', { action })
    } finally {
      moving.value = false
    }
  })

export const save = () =>
  attempt(async () => {
    saved.value = await act('save', {})
  })

export type Results = Readonly<Record<string, ClickResult>>
