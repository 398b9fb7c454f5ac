import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readHistory } from '@pushcart/histories'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FRAME_MS } from '../../src/live/protocol.ts'
import { startRecorder } from '../../src/live/server/recording.ts'
import { readRecording } from '../../src/live/server/replay.ts'
import { virtualStage } from './hours.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushcart-recording-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('keeps the newest hour, and bounded numbers of violations and operations', async () => {
  const stage = virtualStage({ framesPerCart: 8, buckets: 2 })
  const recorder = startRecorder(stage)
  stage.play(1.2)
  await recorder.save(folder)
  const { frames, findings, hello } = await readRecording(folder)
  const hour = 3600 * 1000
  expect(frames).toHaveLength(hour / FRAME_MS)
  expect([frames[0]?.at, frames.at(-1)?.at]).toEqual([0, hour - FRAME_MS])
  expect(hello.length_ms).toBe(hour - FRAME_MS)
  // The time within the recording goes on from the frames.
  expect(frames.at(-1)?.sides.postgres?.check.carts).toBe(1.2 * hour - FRAME_MS)
  expect(findings).toHaveLength(500)
  expect(findings.at(-1)?.at).toBe(hour - 1000)
  const { operations } = await readHistory(join(folder, 'postgres.ndjson'))
  expect(operations).toHaveLength(30_000)
  expect(operations.at(-1)?.call).toBeGreaterThan((1.2 * hour - 9 * FRAME_MS) * 1e6)
})
