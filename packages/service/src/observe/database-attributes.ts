type Env = Readonly<Record<string, string | undefined>>

/**
 * The attributes of spans of database calls (OpenTelemetry semantic conventions): which system, and where. Nothing of a URL
 * but its host and port, because it holds a password.
 */
export function databaseAttributes(env: Env): Record<string, string | number> {
  switch (env.CART_STORE_TYPE || 'postgres') {
    case 'postgres':
      return { 'db.system.name': 'postgresql', ...postgresServer(env.DATABASE_URL) }
    case 'dynamodb':
      return {
        'db.system.name': 'aws.dynamodb',
        ...dynamoServer(env),
        ...(env.DYNAMODB_TABLE_NAME && { 'db.collection.name': env.DYNAMODB_TABLE_NAME }),
      }
    default:
      return { 'db.system.name': 'memory' }
  }
}

function postgresServer(text: string | undefined) {
  const url = URL.parse(text ?? '')
  if (url === null || url.hostname === '') return {}
  const database = decoded(url.pathname.slice(1))
  return {
    'server.address': url.hostname,
    'server.port': url.port === '' ? 5432 : Number(url.port),
    ...(database !== '' && { 'db.namespace': database }),
  }
}

function dynamoServer(env: Env) {
  const url = URL.parse(env.AWS_ENDPOINT_URL_DYNAMODB || env.AWS_ENDPOINT_URL || '')
  if (url !== null) return serverOf(url)
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION
  return region ? { 'server.address': `dynamodb.${region}.amazonaws.com`, 'server.port': 443 } : {}
}

function serverOf({ hostname, port, protocol }: URL) {
  const standard = protocol === 'https:' ? 443 : 80
  return { 'server.address': hostname, 'server.port': port === '' ? standard : Number(port) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
