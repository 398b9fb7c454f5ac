import { CartError } from '../../cart/errors.ts'
import { storeError } from './errors.ts'

/** At boot the message is all that is seen, so it says where the table was looked for, and what the SDK made of it. */
export function bootFailure(error: unknown, tableName: string, host: string | undefined) {
  const known = storeError(error)
  if (known === error) return known
  const at = host === undefined ? '' : ` at ${host}`
  const text = `The table "${tableName}" of DynamoDB cannot be used${at}: ${reasonOf(error)}`
  return new CartError(known.code, text, { cause: error })
}

/** The first line; a refused signature is explained with headers, which hold the key's id and the signature. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [line = ''] = error.message.trim().split(/\r?\n/)
  const words = line.replace(/\b(Authorization|Credential|Signature)=.*/i, '').trim()
  // Several refused addresses of one host make an error with a code but without words.
  return words || ('code' in error ? String(error.code) : error.name)
}
