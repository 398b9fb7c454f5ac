import { containers } from '../documents.ts'
import { onDynamodb, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, find, list, ofType, text } from '../resources.ts'
import { tableDifferences } from '../table.ts'

/** A parameter of the groups of the database; undefined if none sets it. */
function parameter(deployment: Deployment, name: string): string | undefined {
  const found = ['aws_db_parameter_group', 'aws_rds_cluster_parameter_group']
    .flatMap((type) => ofType(deployment, type))
    .flatMap(({ values }) => list(values, 'parameter'))
    .find((each) => at(each, 'name') === name)
  return found === undefined ? undefined : String(at(found, 'value'))
}

const maxConnections = (deployment: Deployment) => Number(parameter(deployment, 'max_connections'))

/** Aurora Serverless computes max_connections from its capacity. */
const setsConnections = (deployment: Deployment) =>
  onPostgres(deployment) && parameter(deployment, 'max_connections') !== undefined

/** What keeps the values of statements, which are customer ids and keys, out of the log. */
const QUIET_LOG = {
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
}

/** Connections of all tasks while a deployment runs old and new tasks side by side. */
function connectionsNeeded(deployment: Deployment): number {
  const ofPostgres = (type: string) =>
    ofType(deployment, type).find(({ index }) => index === 'postgres')?.values
  const container = containers(deployment).find(({ task }) => task.index === 'postgres')
  return (
    Number(ofPostgres('aws_appautoscaling_target')?.max_capacity) *
    (Number(ofPostgres('aws_ecs_service')?.deployment_maximum_percent) / 100) *
    Number(container?.environment.DATABASE_POOL_SIZE)
  )
}

/** Memory by instance size, GiB. */
const MEMORY: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
}
/** The default of RDS is this share of the memory for each connection. */
const BYTES_PER_CONNECTION = 9_531_392

const alarms = (deployment: Deployment) => ofType(deployment, 'aws_cloudwatch_metric_alarm')

export const DATABASES: readonly Property[] = [
  {
    name: 'postgres: the log of slow statements and errors holds no values',
    when: onPostgres,
    problems: (deployment) =>
      Object.entries(QUIET_LOG)
        .filter(([name, value]) => parameter(deployment, name) !== value)
        .map(([name]) => name),
  },
  {
    name: 'postgres: enough connections for a deployment',
    when: setsConnections,
    problems: (deployment) => {
      const [limit, needed] = [maxConnections(deployment), connectionsNeeded(deployment)]
      return unless(limit > needed, `max_connections is ${limit}, tasks may open ${needed}`)
    },
  },
  {
    name: 'postgres: no more connections than the memory allows',
    when: setsConnections,
    problems: (deployment) => {
      const instance = find(deployment, 'aws_db_instance', 'aws_db_instance.this[0]')
      const size = text(instance, 'instance_class').split('.')[2] ?? ''
      const memory = MEMORY[size]
      if (memory === undefined) return []
      const allowed = Math.floor((memory * 2 ** 30) / BYTES_PER_CONNECTION)
      const limit = maxConnections(deployment)
      return unless(limit <= allowed, `max_connections is ${limit}, ${size} allows ${allowed}`)
    },
  },
  {
    name: 'postgres: an alarm before connections run out',
    when: setsConnections,
    problems: (deployment) => {
      const found = alarms(deployment)
        .filter((alarm) => text(alarm, 'metric_name') === 'DatabaseConnections')
        .filter(({ values }) => Number(values.threshold) < maxConnections(deployment))
      return unless(found.length > 0, 'no alarm below max_connections')
    },
  },
  {
    name: 'dynamodb: the table is the one that the service creates',
    when: onDynamodb,
    problems: (deployment) => {
      const tables = ofType(deployment, 'aws_dynamodb_table')
      return tables.length === 0 ? ['no table'] : tables.flatMap(tableDifferences)
    },
  },
  {
    name: 'dynamodb: the service has the name of the table',
    when: onDynamodb,
    problems: (deployment) => {
      const name = text(ofType(deployment, 'aws_dynamodb_table')[0], 'name')
      return containers(deployment)
        .filter(({ task }) => task.index === 'dynamodb')
        .filter(({ environment }) => environment.DYNAMODB_TABLE_NAME !== name)
        .map(({ task }) => task.address)
    },
  },
  {
    name: 'dynamodb: alarms on throttles of the table and of each index that the service queries',
    when: onDynamodb,
    problems: (deployment) => {
      const [table] = ofType(deployment, 'aws_dynamodb_table')
      const indexes = list(table?.values, 'global_secondary_index').map((each) => at(each, 'name'))
      const watched = alarms(deployment)
        .flatMap(({ values }) => list(values, 'metric_query'))
        .flatMap((query) => list(query, 'metric'))
        .filter((metric) => at(metric, 'metric_name') === 'WriteThrottleEvents')
        .map((metric) => at(metric, 'dimensions.GlobalSecondaryIndexName'))
      return [undefined, ...indexes]
        .filter((index) => !watched.includes(index))
        .map((index) => String(index ?? 'the table'))
    },
  },
]
