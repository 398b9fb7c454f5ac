import { containers } from '../documents.ts'
import { onDynamodb, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, list, ofType, text } from '../resources.ts'
import { tableDifferences } from '../table.ts'

/** `max_connections` of the parameter group. */
function maxConnections(deployment: Deployment): number {
  const parameters = list(ofType(deployment, 'aws_db_parameter_group')[0]?.values, 'parameter')
  const found = parameters.find((parameter) => at(parameter, 'name') === 'max_connections')
  return Number(at(found, 'value'))
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
    name: 'postgres: enough connections for a deployment',
    when: onPostgres,
    problems: (deployment) => {
      const [limit, needed] = [maxConnections(deployment), connectionsNeeded(deployment)]
      return unless(limit > needed, `max_connections is ${limit}, tasks may open ${needed}`)
    },
  },
  {
    name: 'postgres: no more connections than the memory allows',
    when: onPostgres,
    problems: (deployment) => {
      const [instance] = ofType(deployment, 'aws_db_instance')
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
    when: onPostgres,
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
