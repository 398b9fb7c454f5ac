import { BUCKETS, bucketOf, percentile } from '../buckets.ts'
import type { Frame } from '../protocol.ts'
import { WINDOW } from './series.ts'

/** The drawn range, milliseconds; what is outside is drawn at the edge. */
const TOP = bucketOf(2000)
const BOTTOM = bucketOf(0.05)
const ROWS = TOP - BOTTOM + 1
/** Rows of pixels per bucket. */
const SCALE = 2

/** Draws the latencies of one side: a column for each frame, a row for each bucket. */
export function drawHeatMap(
  canvas: HTMLCanvasElement,
  frames: readonly Frame[],
  side: string,
  colour: string,
): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  if (canvas.height !== ROWS * SCALE) canvas.height = ROWS * SCALE
  if (canvas.width !== WINDOW) canvas.width = WINDOW
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = colour
  const first = WINDOW - frames.length
  const columns = frames.map(({ sides }) => countsOf(sides[side]?.latency ?? []))
  columns.forEach((counts, at) => {
    const most = Math.max(...counts)
    if (most === 0) return
    for (let bucket = BOTTOM; bucket < BUCKETS; bucket++) {
      const samples = counts[bucket] ?? 0
      if (samples === 0) continue
      // The square root keeps single slow requests visible beside hundreds of fast ones.
      context.globalAlpha = 0.15 + 0.85 * Math.sqrt(samples / most)
      context.fillRect(first + at, yOf(bucket), 1, SCALE)
    }
  })
  context.globalAlpha = 1
  for (const [share, dash] of [
    [0.5, []],
    [0.99, [3, 3]],
  ] as const) {
    drawLine(
      context,
      columns.map((counts) => percentile(counts, share)),
      first,
      dash,
      canvas,
    )
  }
}

function countsOf(latency: readonly (readonly [number, number])[]): Uint32Array {
  const counts = new Uint32Array(BUCKETS)
  for (const [bucket, samples] of latency) counts[bucket] = samples
  return counts
}

function drawLine(
  context: CanvasRenderingContext2D,
  values: readonly (number | null)[],
  first: number,
  dash: readonly number[],
  canvas: HTMLCanvasElement,
): void {
  context.strokeStyle = getComputedStyle(canvas).color
  context.lineWidth = 1
  context.setLineDash([...dash])
  context.beginPath()
  let drawing = false
  values.forEach((ms, at) => {
    if (ms === null) {
      drawing = false
      return
    }
    const [x, y] = [first + at + 0.5, yOf(bucketOf(ms)) + SCALE / 2]
    if (drawing) context.lineTo(x, y)
    else context.moveTo(x, y)
    drawing = true
  })
  context.stroke()
}

function yOf(bucket: number): number {
  return (TOP - Math.min(TOP, Math.max(BOTTOM, bucket))) * SCALE
}
