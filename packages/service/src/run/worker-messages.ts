import { CartError, type ErrorCode } from '../cart/errors.ts'
import { ConfigError } from '../config/config-error.ts'

/** A worker serves at `url`. A single service sends this message to its parent process too. */
export interface ListeningMessage {
  readonly type: 'listening'
  readonly url: string
}

/** A worker could not start. Carries the error, so that the primary can exit as a single process would. */
export interface FailedMessage {
  readonly type: 'failed'
  readonly name: 'ConfigError' | 'CartError' | 'Error'
  readonly code?: ErrorCode
  readonly message: string
}

/** The primary asks a worker to finish its requests and exit. */
export interface StopMessage {
  readonly type: 'stop'
}

/** The primary asks a worker to read the catalog file again. */
export interface ReloadMessage {
  readonly type: 'reload'
}

/** The primary asks whether a worker still handles events; the worker returns the same message. */
export interface BeatMessage {
  readonly type: 'beat'
}

export type WorkerMessage =
  | ListeningMessage
  | FailedMessage
  | StopMessage
  | ReloadMessage
  | BeatMessage

/** The message if it has that type; other messages may arrive on the channel. */
export function messageOf<T extends WorkerMessage['type']>(
  message: unknown,
  type: T,
): Extract<WorkerMessage, { type: T }> | undefined {
  const is =
    typeof message === 'object' && message !== null && 'type' in message && message.type === type
  return is ? (message as Extract<WorkerMessage, { type: T }>) : undefined
}

export function failedMessage(error: unknown): FailedMessage {
  if (error instanceof CartError)
    return { type: 'failed', name: 'CartError', code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  return { type: 'failed', name: error instanceof ConfigError ? 'ConfigError' : 'Error', message }
}

export function errorOf({ name, code, message }: FailedMessage): Error {
  if (name === 'ConfigError') return new ConfigError(message)
  return code === undefined ? new Error(message) : new CartError(code, message)
}
