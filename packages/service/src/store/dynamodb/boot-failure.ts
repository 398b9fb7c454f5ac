import { CartError } from '../../cart/errors.ts'
import { ConfigError } from '../../config/config-error.ts'
import { storeError } from './errors.ts'

/** Only the message is printed at the start, so it includes the endpoint and the SDK's reason. */
export function bootFailure(error: unknown, tableName: string, host: string | undefined) {
  if (error instanceof Error && error.message.startsWith('Region is missing'))
    return new ConfigError('AWS_REGION is not set: CART_STORE_TYPE=dynamodb requires it')
  if (error instanceof ConfigError) return error
  const known = storeError(error)
  if (known === error) return known
  const at = host === undefined ? '' : ` at ${host}`
  const text = `The table "${tableName}" of DynamoDB cannot be used${at}: ${reasonOf(error)}`
  return new CartError(known.code, text, { cause: error })
}

/** The first line, without the headers that explain a refused signature, because they have the key id and the signature. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [line = ''] = error.message.trim().split(/\r?\n/)
  const words = line.replace(/\b(Authorization|Credential|Signature)=.*/i, '').trim()
  // When several addresses of one host refuse the connection, the error has a code but no message.
  return words || ('code' in error ? String(error.code) : error.name)
}
