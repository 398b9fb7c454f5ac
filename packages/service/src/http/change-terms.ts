import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { expiryOf } from '../cart/cart.ts'
import { CartError } from '../cart/errors.ts'
import type { IdempotencyKey } from '../cart/idempotency.ts'
import { derivedCartId, newCartId } from '../cart/ids.ts'
import { currencyOf } from '../cart/money.ts'
import type { Config } from '../config/config.ts'
import type { ChangeOptions } from '../store/cart-store.ts'
import { callerOf } from './auth.ts'
import { VERSION_TAG } from './entity-tag.ts'
import { meaningOf } from './fingerprint.ts'

/** Reads the terms of a change from its request. */
export interface ChangeTermsReader {
  /**
   * Includes `If-Match` and `Idempotency-Key`. VALIDATION_FAILED when the key is malformed.
   *
   * @param asked see `meaningOf`
   */
  terms(request: FastifyRequest, asked?: unknown): ChangeOptions
  /** The id for a new cart: derived from the idempotency key if there is one (`isKeyed`), otherwise random. */
  cartId(request: FastifyRequest, now: number): { readonly id: string; readonly isKeyed: boolean }
}

/** @param newId a random id for a new cart */
export function readChangeTerms(
  config: Config,
  clock: () => number,
  newId: (now: number) => string = newCartId,
): ChangeTermsReader {
  const limits = {
    maxLineQuantity: config.CART_MAX_LINE_QUANTITY,
    maxLines: config.CART_MAX_LINES,
    maxUnits: config.CART_MAX_UNITS,
  }
  const currency = currencyOf(config.CURRENCY)
  return {
    terms(request, asked) {
      const now = clock()
      return {
        now,
        expiresAt: expiryOf(now, config.CART_TTL_SECONDS),
        currency,
        limits,
        ifVersion: namedVersions(request.headers['if-match']),
        key: idempotencyKey(request, asked),
      }
    },
    cartId(request, now) {
      const key = keyHeader(request)
      return key === undefined
        ? { id: newId(now), isKeyed: false }
        : { id: derivedCartId(digest('create', callerOf(request), key)), isKeyed: true }
    },
  }
}

/**
 * The versions in an `If-Match` header; `undefined` without the header or for `*`. Of a tag only the version counts:
 * `entity-tag.ts` says why. A weak tag counts too, although RFC 9110 (13.1.1) compares strongly: a proxy that compresses
 * responses makes every tag weak, and a tag names the version of the cart, not the bytes of a representation.
 */
function namedVersions(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  return header.split(',').flatMap((tag) => {
    const version = VERSION_TAG.exec(tag.trim().replace(/^W\//, ''))?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

/**
 * The key as stores see it. It is bound to its caller and to the request of its first use: what it asks for. A digest
 * of 132 bits is short to store, and keeps the client's key out of the database.
 */
function idempotencyKey(request: FastifyRequest, asked: unknown): IdempotencyKey | undefined {
  const key = keyHeader(request)
  if (key === undefined) return undefined
  return {
    id: shortDigest('key', callerOf(request), key),
    fingerprint: shortDigest('request', ...meaningOf(request, asked)),
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
