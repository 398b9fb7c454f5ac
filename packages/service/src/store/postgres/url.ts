import { ConfigError } from '../../config/config-error.ts'
import { type Encryption, encryptionsOf } from './encryption.ts'

/** One way to reach a server of `DATABASE_URL`. */
export interface Route {
  readonly host: string
  readonly port: number
  readonly ssl: Encryption
}

/** What `DATABASE_URL` says. */
export interface DatabaseAddress {
  /** At least one, in the order in which they are tried. */
  readonly routes: readonly Route[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  /** Whether a server must accept changes; otherwise the first one that can be reached will do. */
  readonly mustWrite: boolean
  /** The remaining parameters. */
  readonly parameters: URLSearchParams
}

const PARTS =
  /^postgres(?:ql)?:\/\/(?:(?<login>[^/?#]*)@)?(?<hosts>[^/?#]*)(?:\/(?<database>[^?#]*))?(?:\?(?<query>[^#]*))?(?<rest>#.*)?$/

/**
 * Reads a URL as libpq does, with several hosts (`host1:5432,host2:5432`) and `target_session_attrs`. Never repeats the URL
 * in a message, because it contains the password.
 *
 * @param env for the variables that libpq reads too: PGHOST, PGPORT, PGSSLMODE
 * @throws ConfigError
 */
export function parseDatabaseUrl(
  text: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseAddress {
  const parts = PARTS.exec(text)?.groups
  if (parts === undefined)
    throw invalid('must be a PostgreSQL URL such as postgres://user:password@host:5432/database')
  const { login, hosts = '', database, query = '', rest } = parts
  const parameters = new URLSearchParams(query)
  const isCutOff = login === undefined ? text.includes('@') : hasDelimiter(database, parameters)
  if (rest !== undefined || isCutOff)
    throw invalid(
      'a password or user name contains #, ? or /: percent-encode it (%23 for #, %3F for ?, %2F for /)',
    )
  const [user, password] = splitOnce(login ?? '', ':')
  const servers = serversOf(
    parameters.get('host') ?? decoded(hosts, 'host') ?? '',
    parameters.get('port') ?? undefined,
    env,
  )
  const encryptions = encryptionsOf(parameters, env)
  return {
    // libpq: all encryptions of one host before the next host.
    routes: servers.flatMap((server) => encryptions.map((ssl) => ({ ...server, ssl }))),
    user: parameters.get('user') ?? (decoded(user, 'user name') || undefined),
    password: parameters.get('password') ?? decoded(password, 'password'),
    database: decoded(database, 'name of the database') || undefined,
    mustWrite: mustWrite(parameters, servers.length),
    parameters,
  }
}

/** After a raw `/` or `?` in a password, the rest of the URL looks like a database or a parameter. */
function hasDelimiter(database: string | undefined, parameters: URLSearchParams): boolean {
  return [database ?? '', ...parameters.keys()].some((each) => /[@/]/.test(each))
}

function decoded(text: string | undefined, what: string): string | undefined {
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid(`the ${what} contains a % that encodes nothing: write %25 for %`)
  }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function serversOf(
  hosts: string,
  ports: string | undefined,
  { PGHOST, PGPORT }: Readonly<Record<string, string | undefined>>,
): { host: string; port: number }[] {
  const listed = (hosts || PGHOST || 'localhost').split(',')
  const listedPorts = (ports ?? '').split(',')
  if (listedPorts.length > 1 && listedPorts.length !== listed.length)
    throw invalid(`there are ${listed.length} hosts but ${listedPorts.length} ports`)
  return listed.map((each, i) => {
    const [, host, port] = /^(\[[^\]]*\]|\/.*|[^:]*)(?::(.*))?$/.exec(each) ?? []
    if (host === undefined) throw invalid('a host must be a name or an address in brackets')
    const number = port || (listedPorts.length > 1 ? listedPorts[i] : listedPorts[0]) || PGPORT
    return { host: host.replace(/^\[(.*)\]$/, '$1') || 'localhost', port: portOf(number ?? '5432') }
  })
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw invalid('a port must be 1 to 65535')
  return port
}

const TARGETS = ['any', 'read-write', 'primary']

/** With several hosts, the server that accepts changes is wanted by default, because this service makes changes. */
function mustWrite(parameters: URLSearchParams, hosts: number): boolean {
  const target = parameters.get('target_session_attrs') ?? (hosts > 1 ? 'read-write' : 'any')
  if (!TARGETS.includes(target))
    throw invalid(
      `target_session_attrs must be one of ${TARGETS.join(', ')}, because the service makes changes`,
    )
  return target !== 'any'
}

function invalid(problem: string): ConfigError {
  return new ConfigError(`DATABASE_URL: ${problem}`)
}
