import { ConfigError } from '../../config/config-error.ts'
import type { PasswordSource } from './password.ts'
import type { SessionMode } from './session.ts'
import { type DatabaseAddress, parseDatabaseUrl } from './url.ts'

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`, see `url.ts`. */
  readonly databaseUrl: string
  /** Whether the URL is DATABASE_READ_URL: then standbys will do. Default false. */
  readonly readOnly?: boolean | undefined
  /** Where the password comes from, if not from the URL. */
  readonly password?: PasswordSource | undefined
  /** How sessions get their plans and timeouts; default `startup`. */
  readonly session?: SessionMode | undefined
  /** Schemas in which sessions look for tables; by default those of the role or of `DATABASE_URL`. */
  readonly searchPath?: string | undefined
  /** Maximum number of connections; default 10. */
  readonly poolSize?: number | undefined
  /** Maximum time for one statement, milliseconds; default 5000. */
  readonly statementTimeoutMs?: number | undefined
}

/** Maximum time for a statement, for its wait for a connection and for its time in a queue, milliseconds. */
export function statementTimeoutOf({ statementTimeoutMs = 5000 }: ConnectionOptions): number {
  return statementTimeoutMs
}

/**
 * Reads and checks the options, without connecting.
 *
 * @throws ConfigError
 */
export function checkConnectionOptions(options: ConnectionOptions): DatabaseAddress {
  if (options.readOnly !== true) return addressOf(options)
  try {
    return { ...addressOf(options), mustWrite: false }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError(error.message.replaceAll('DATABASE_URL', 'DATABASE_READ_URL'))
  }
}

function addressOf(options: ConnectionOptions): DatabaseAddress {
  const address = parseDatabaseUrl(options.databaseUrl)
  const { password, session } = options
  if (password !== undefined && address.password !== undefined)
    throw new ConfigError(
      'DATABASE_URL contains a password, and DATABASE_PASSWORD_FILE, DATABASE_PASSWORD_COMMAND, DATABASE_SECRET_ARN or DATABASE_AUTH another one: remove one of them',
    )
  if (
    password !== undefined &&
    'iam' in password &&
    address.routes.some(({ ssl }) => ssl === false)
  )
    throw new ConfigError(
      'DATABASE_AUTH=aws-iam requires encryption: add sslmode=verify-full to DATABASE_URL',
    )
  if (session === 'role' && address.parameters.has('options'))
    throw new ConfigError(
      'DATABASE_URL: options cannot be combined with DATABASE_SESSION_SETTINGS=role: set them on the role',
    )
  return address
}
