import type {
  BatchGetItemInput,
  BatchGetItemOutput,
  DeleteItemInput,
  DeleteItemOutput,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  ScanInput,
  ScanOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb'
import type { PoolUse } from '../store-events.ts'

/** The operations that the store uses. Inputs and outputs are DynamoDB's JSON, which the SDK uses too, except for binaries. */
export interface Operations {
  readonly GetItem: { readonly input: GetItemInput; readonly output: GetItemOutput }
  readonly BatchGetItem: { readonly input: BatchGetItemInput; readonly output: BatchGetItemOutput }
  readonly Query: { readonly input: QueryInput; readonly output: QueryOutput }
  readonly PutItem: { readonly input: PutItemInput; readonly output: PutItemOutput }
  /** Only moves use these two. */
  readonly DeleteItem: { readonly input: DeleteItemInput; readonly output: DeleteItemOutput }
  readonly Scan: { readonly input: ScanInput; readonly output: ScanOutput }
  readonly UpdateItem: { readonly input: UpdateItemInput; readonly output: UpdateItemOutput }
}

/** Sends one request, once. Rejects with an error that `errors.ts` can classify. */
export type Request = <O extends keyof Operations>(
  operation: O,
  input: Operations[O]['input'],
) => Promise<Operations[O]['output']>

export interface HttpOptions {
  /** Maximum number of concurrent requests; further ones wait, within their own timeout. */
  readonly connections: number
  readonly connectTimeoutMs: number
  /** From the call to the last byte of the response, including the wait for a connection. */
  readonly requestTimeoutMs: number
  /** We close a connection that has been idle for longer, before the server closes it during a request. */
  readonly idleMs: number
}

export const HTTP: HttpOptions = {
  connections: 100,
  connectTimeoutMs: 2_000,
  requestTimeoutMs: 5_000,
  idleMs: 4_000,
}

/** How requests reach DynamoDB: `wire/` or `sdk-transport.ts`. Neither sends a request a second time; `resend.ts` does. */
export interface Transport {
  readonly request: Request
  use(): PoolUse
  /** The `date` header of the latest response. */
  date(): string | undefined
  /** Drops all connections; requests in flight fail. */
  destroy(): Promise<void>
}
