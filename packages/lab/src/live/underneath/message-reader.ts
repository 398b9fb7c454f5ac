/**
 * Splits a stream into PostgreSQL's messages: a type byte, a length that includes itself, a body.
 *
 * @param onMessage the body is only valid during the call
 */
export function messageReader(
  onMessage: (type: string, body: Buffer) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (bytes.length - at >= 5) {
      const end = at + 1 + bytes.readInt32BE(at + 1)
      if (end > bytes.length || end <= at) break
      onMessage(String.fromCharCode(bytes[at] ?? 0), bytes.subarray(at + 5, end))
      at = end
    }
    rest = bytes.subarray(at)
  }
}
