import { describe, expect, it } from 'vitest'
import { CartError } from '../../../src/cart/errors.ts'
import {
  asCartError,
  cannotHaveRun,
  wasCutOff,
  wasUndone,
} from '../../../src/store/postgres/errors.ts'

function failure(code: string | undefined, message = 'as the server words it'): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

describe('errors of PostgreSQL', () => {
  it.each([
    ['40001', 'STORE_BUSY'],
    ['40P01', 'STORE_BUSY'],
    ['55P03', 'STORE_BUSY'],
    ['57014', 'STORE_TIMEOUT'],
    ['08006', 'STORE_UNAVAILABLE'],
    ['53100', 'STORE_UNAVAILABLE'],
    ['53300', 'STORE_BUSY'],
    ['57P05', 'STORE_UNAVAILABLE'],
    ['0A000', 'STORE_MISCONFIGURED'],
    ['57P01', 'STORE_UNAVAILABLE'],
    ['57P03', 'STORE_UNAVAILABLE'],
    ['25006', 'STORE_UNAVAILABLE'],
    ['ECONNREFUSED', 'STORE_UNAVAILABLE'],
    ['ECONNRESET', 'STORE_UNAVAILABLE'],
    ['EPIPE', 'STORE_UNAVAILABLE'],
    ['ENOTFOUND', 'STORE_UNAVAILABLE'],
    ['EMFILE', 'STORE_BUSY'],
    ['ENFILE', 'STORE_BUSY'],
    ['28000', 'STORE_MISCONFIGURED'],
    ['28P01', 'STORE_MISCONFIGURED'],
    ['3D000', 'STORE_MISCONFIGURED'],
    ['42P01', 'STORE_MISCONFIGURED'],
    ['42883', 'STORE_MISCONFIGURED'],
    ['42501', 'STORE_MISCONFIGURED'],
    ['22P02', 'INTERNAL_ERROR'],
    ['23505', 'INTERNAL_ERROR'],
  ])('%s is %s, with the original error as its cause', (code, expected) => {
    const cause = failure(code)
    expect(asCartError(cause)).toMatchObject({ name: 'CartError', code: expected, cause })
  })

  it.each([
    ['timeout exceeded when trying to connect', 'STORE_BUSY'],
    ['Query read timeout', 'STORE_TIMEOUT'],
    ['Connection terminated unexpectedly', 'STORE_UNAVAILABLE'],
    ['Connection terminated due to connection timeout', 'STORE_UNAVAILABLE'],
    ['Client has encountered a connection error and is not queryable', 'STORE_UNAVAILABLE'],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'STORE_MISCONFIGURED'],
    ['The server does not support SSL connections', 'STORE_MISCONFIGURED'],
    ['something nobody foresaw', 'INTERNAL_ERROR'],
  ])('the client\'s "%s" is %s', (message, expected) => {
    expect(asCartError(failure(undefined, message)).code).toBe(expected)
  })

  it('do not include CartErrors, which stay unchanged', () => {
    const error = new CartError('CART_EMPTY')
    expect(asCartError(error)).toBe(error)
  })

  it.each([
    ['26000', 'prepared statement "get_carts" does not exist', 'DATABASE_SESSION_SETTINGS=role'],
    ['42P05', 'prepared statement "get_carts" already exists', 'DATABASE_SESSION_SETTINGS=role'],
    ['08P01', 'unsupported startup parameter: options', 'DATABASE_SESSION_SETTINGS=set'],
    ['0A000', 'RDS Proxy currently doesn’t support command-line options.', 'SETTINGS=set'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in chain', 'sslrootcert'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'sslrootcert'],
    ['28000', 'no pg_hba.conf entry for host "::1", no encryption', 'sslmode=verify-full'],
  ])('%s "%s" is a fault of the settings, and its cause names %s', (code, message, hint) => {
    const error = asCartError(failure(code, message))
    expect(error.code).toBe('STORE_MISCONFIGURED')
    expect(error.cause).toMatchObject({ code, message: expect.stringContaining(hint) })
    expect(error.message).not.toContain(hint)
  })

  it('allow a repeat of any statement that cannot have run', () => {
    const never = [failure('57P05'), failure('25006'), failure(undefined, 'it is not queryable')]
    expect(never.map(cannotHaveRun)).toEqual([true, true, true])
    const perhaps = ['57014', '57P01', '53300', 'ECONNRESET', 'EPIPE'].map((code) => failure(code))
    expect(perhaps.map(cannotHaveRun)).not.toContain(true)
  })

  it('allow a repeat only after a rollback, and for reads whose connection broke', () => {
    expect(['40001', '40P01', '55P03'].map((code) => wasUndone(failure(code)))).not.toContain(false)
    expect(
      ['57014', '57P01', '53300', 'ECONNRESET'].map((code) => wasUndone(failure(code))),
    ).not.toContain(true)
    expect(['57P01', 'ECONNRESET', 'EPIPE'].map((code) => wasCutOff(failure(code)))).not.toContain(
      false,
    )
    expect(
      ['57014', 'ECONNREFUSED', '53300'].map((code) => wasCutOff(failure(code))),
    ).not.toContain(true)
  })
})
