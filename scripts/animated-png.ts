import { crc32 } from 'node:zlib'

const SIGNATURE_BYTES = 8

interface Chunk {
  readonly type: string
  readonly data: Buffer
}

/**
 * Joins PNG pictures of one size and colour type to an animated PNG that repeats for ever (PNG, third edition, W3C 2025,
 * chunks acTL, fcTL and fdAT). A program that does not know animations shows the first picture.
 *
 * @param frameMs how long each frame is shown
 * @throws RangeError for pictures of different sizes
 */
export function animatedPng(frames: readonly Buffer[], frameMs: number): Buffer {
  const pictures = frames.map(chunksOf)
  const header = dataOf(pictures[0] ?? [], 'IHDR')
  if (pictures.some((picture) => !dataOf(picture, 'IHDR').equals(header)))
    throw new RangeError('the frames of an animation must have one size and colour type')
  let sequence = 0
  const parts = pictures.flatMap((picture, frame) => {
    const pixels = picture.filter(({ type }) => type === 'IDAT')
    return [
      { type: 'fcTL', data: frameControl(sequence++, header, frameMs) },
      ...pixels.map(({ data }) =>
        frame === 0
          ? { type: 'IDAT', data }
          : { type: 'fdAT', data: Buffer.concat([uint32(sequence++), data]) },
      ),
    ]
  })
  return Buffer.concat([
    (frames[0] ?? Buffer.alloc(0)).subarray(0, SIGNATURE_BYTES),
    chunk({ type: 'IHDR', data: header }),
    // Number of frames, and of repetitions; 0 is without end.
    chunk({ type: 'acTL', data: Buffer.concat([uint32(frames.length), uint32(0)]) }),
    ...parts.map(chunk),
    chunk({ type: 'IEND', data: Buffer.alloc(0) }),
  ])
}

/** The whole picture, shown for `ms`, replaces what was there. */
function frameControl(sequence: number, header: Buffer, ms: number): Buffer {
  const rest = Buffer.alloc(14)
  rest.writeUInt16BE(ms, 8)
  rest.writeUInt16BE(1000, 10)
  return Buffer.concat([uint32(sequence), header.subarray(0, 8), rest])
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = []
  for (let at = SIGNATURE_BYTES; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += length + 12
  }
  return chunks
}

function dataOf(chunks: readonly Chunk[], type: string): Buffer {
  return chunks.find((one) => one.type === type)?.data ?? Buffer.alloc(0)
}

function chunk({ type, data }: Chunk): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  return Buffer.concat([uint32(data.length), content, uint32(crc32(content))])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
