import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { ConfigError } from '../../config/config-error.ts'

/** Whether and how a connection is encrypted. */
export type Encryption = false | ConnectionOptions

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']

/** Encrypted, by whoever responds. */
const UNVERIFIED = { rejectUnauthorized: false }

/**
 * The encryptions to try, in order, for the `sslmode` of a URL. As in libpq, except that `require` verifies the certificate and
 * the host name like `verify-full`, unless `uselibpqcompat=true` says otherwise, and that no `sslmode` means no encryption.
 * `no-verify` is node-postgres's name for encryption without verification.
 *
 * @throws ConfigError for an unknown mode or an unreadable file
 */
export function encryptionsOf(
  parameters: URLSearchParams,
  { PGSSLMODE }: Readonly<Record<string, string | undefined>>,
): readonly Encryption[] {
  const files = filesOf(parameters)
  switch (modeOf(parameters, PGSSLMODE, files)) {
    case 'disable':
      return [false]
    case 'allow':
      return [false, { ...files, ...UNVERIFIED }]
    case 'prefer':
      return [{ ...files, ...UNVERIFIED }, false]
    case 'no-verify':
      return [{ ...files, ...UNVERIFIED }]
    case 'require':
      if (parameters.get('uselibpqcompat') !== 'true') return [files]
      return [files.ca === undefined ? { ...files, ...UNVERIFIED } : anyHost(files)]
    case 'verify-ca':
      // Without a file, every public authority is trusted, so that the host name must be verified too.
      return [files.ca === undefined ? files : anyHost(files)]
    default:
      return [files]
  }
}

function anyHost(files: ConnectionOptions): ConnectionOptions {
  return { ...files, checkServerIdentity: () => undefined }
}

function modeOf(
  parameters: URLSearchParams,
  variable: string | undefined,
  files: ConnectionOptions,
): string {
  const [mode, ssl] = [parameters.get('sslmode'), parameters.get('ssl')]
  const implied = Object.keys(files).length > 0 || parameters.get('sslnegotiation') === 'direct'
  const named = mode ?? (ssl === null ? variable : modeOfFlag(ssl))
  const chosen = named ?? (implied ? 'verify-full' : 'disable')
  if (MODES.includes(chosen)) return chosen
  const name = mode === null ? (ssl === null ? 'PGSSLMODE' : 'ssl') : 'sslmode'
  throw new ConfigError(
    `DATABASE_URL: ${name} must be one of ${MODES.join(', ')} (got ${JSON.stringify(chosen)})`,
  )
}

/** node-postgres's `ssl=true`. */
function modeOfFlag(ssl: string): string {
  if (['true', '1'].includes(ssl)) return 'verify-full'
  return ['false', '0'].includes(ssl) ? 'disable' : ssl
}

const FILES = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const

function filesOf(parameters: URLSearchParams): ConnectionOptions {
  const found = Object.entries(FILES).flatMap(([parameter, option]) => {
    const path = parameters.get(parameter)
    // libpq's name for the authorities of the system.
    if (path === null || path === 'system') return []
    try {
      return [[option, readFileSync(path, 'utf8')]]
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ConfigError(`DATABASE_URL: ${parameter}: ${reason}`, { cause })
    }
  })
  return Object.fromEntries(found)
}
