import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { expiryOf } from '../cart/cart.ts'
import { CartError } from '../cart/errors.ts'
import type { IdempotencyKey } from '../cart/idempotency.ts'
import { derivedCartId, newCartId } from '../cart/ids.ts'
import type { Config } from '../config.ts'
import type { ChangeOptions } from '../store/cart-store.ts'
import { callerOf } from './auth.ts'

/** Reads from a request the terms under which its change is to be made. */
export interface ChangeTermsReader {
  /** `If-Match` and `Idempotency-Key` included. VALIDATION_FAILED when the key is malformed. */
  terms(request: FastifyRequest): ChangeOptions
  /** The id of a cart to make: derived from the idempotency key if there is one, else fresh. */
  cartId(request: FastifyRequest, now: number): string
}

export function readChangeTerms(config: Config, clock: () => number): ChangeTermsReader {
  const limits = {
    maxLineQuantity: config.CART_MAX_LINE_QUANTITY,
    maxLines: config.CART_MAX_LINES,
    maxUnits: config.CART_MAX_UNITS,
  }
  return {
    terms(request) {
      const now = clock()
      return {
        now,
        expiresAt: expiryOf(now, config.CART_TTL_SECONDS),
        limits,
        ifVersion: namedVersions(request.headers['if-match']),
        key: idempotencyKey(request),
      }
    },
    cartId(request, now) {
      const key = keyHeader(request)
      return key === undefined
        ? newCartId(now)
        : derivedCartId(digest('create', callerOf(request), key))
    },
  }
}

/** The versions an `If-Match` header names, `undefined` for none or any (RFC 9110, 13.1.1: strong comparison). */
function namedVersions(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  return header.split(',').flatMap((tag) => {
    const version = /^\s*"(\d{1,15})"\s*$/.exec(tag)?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

/**
 * The key as stores see it. It belongs to its caller, and to the request it first came with: method, address and
 * body. A digest of 132 bits keeps what is stored short, and no client's secret in the database.
 */
function idempotencyKey(request: FastifyRequest): IdempotencyKey | undefined {
  const key = keyHeader(request)
  if (key === undefined) return undefined
  const asked = [request.method, request.url, JSON.stringify(request.body ?? null)]
  return {
    id: shortDigest('key', callerOf(request), key),
    fingerprint: shortDigest('request', ...asked),
  }
}

function keyHeader({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new CartError(
    'VALIDATION_FAILED',
    'Idempotency-Key must have 1 to 255 visible ASCII characters',
  )
}

function shortDigest(...parts: readonly string[]): string {
  return digest(...parts)
    .toString('base64url')
    .slice(0, 22)
}

function digest(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}
