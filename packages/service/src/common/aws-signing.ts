import { createHmac } from 'node:crypto'

/** The parts that every AWS Signature Version 4 has. */

export function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** The key that signs the requests of one day. */
export function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`))
}

/** `20150830T123600Z`, from milliseconds since the epoch. */
export function signingTime(now: number): string {
  const text = new Date(now).toISOString()
  return `${text.slice(0, 4)}${text.slice(5, 7)}${text.slice(8, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`
}
