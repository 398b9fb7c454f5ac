import { containers } from '../documents.ts'
import {
  all,
  every,
  inProduction,
  onDynamodb,
  onPostgres,
  type Property,
  unless,
} from '../property.ts'
import { at, type Deployment, list, ofType, text } from '../resources.ts'
import { tableDifferences } from '../table.ts'

const INSTANCE = 'aws_db_instance'
const TABLE = 'aws_dynamodb_table'

const valuableInstance = (deployment: Deployment) =>
  onPostgres(deployment) && inProduction(deployment)
const valuableTable = (deployment: Deployment) => onDynamodb(deployment) && inProduction(deployment)

const parameter = (deployment: Deployment, name: string) => {
  const parameters = list(ofType(deployment, 'aws_db_parameter_group')[0]?.values, 'parameter')
  return String(
    at(
      parameters.find((each) => at(each, 'name') === name),
      'value',
    ) ?? '',
  )
}

/** Memory of the classes that the examples name, GiB. RDS's own default is memory / 9,531,392 connections. */
const MEMORY: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
}
const BYTES_PER_CONNECTION = 9_531_392

function connectionsNeeded(deployment: Deployment): number {
  const [container] = containers(deployment).filter(({ task }) => task.index === 'postgres')
  const target = ofType(deployment, 'aws_appautoscaling_target').find(
    ({ index }) => index === 'postgres',
  )
  const service = ofType(deployment, 'aws_ecs_service').find(({ index }) => index === 'postgres')
  const surge = Number(service?.values.deployment_maximum_percent) / 100
  return (
    Number(target?.values.max_capacity) * surge * Number(container?.environment.DATABASE_POOL_SIZE)
  )
}

const WEEK = 7 * 24 * 60
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** All minutes of the week that `hh:mm-hh:mm` (daily) or `ddd:hh:mm-ddd:hh:mm` covers. */
function minutesOf(window: string): Set<number> {
  const [from = '', to = ''] = window.toLowerCase().split('-')
  const weekly = from.length > 5
  const period = weekly ? WEEK : 24 * 60
  const start = minuteOf(from)
  const length = (minuteOf(to) - start + period) % period
  const found = new Set<number>()
  for (let shift = 0; shift < WEEK; shift += period)
    for (let minute = start; minute < start + length; minute++) found.add((minute + shift) % WEEK)
  return found
}

function minuteOf(time: string): number {
  const [minute = 0, hour = 0, day = 0] = time
    .split(':')
    .reverse()
    .map((part) => (DAYS.includes(part) ? DAYS.indexOf(part) : Number(part)))
  return (day * 24 + hour) * 60 + minute
}

export const DATABASES: readonly Property[] = [
  {
    name: 'postgres: encrypted',
    when: onPostgres,
    problems: every(INSTANCE, ({ values }) => values.storage_encrypted === true),
  },
  {
    name: 'postgres: no public address, isolated subnets',
    when: onPostgres,
    problems: (deployment) => {
      const isolated = ofType(deployment, 'aws_subnet')
        .filter(({ address }) => address.includes('aws_subnet.database['))
        .map(({ values }) => values.id)
      const [group] = ofType(deployment, 'aws_db_subnet_group')
      const subnets = list(group?.values, 'subnet_ids')
      return [
        ...every(
          INSTANCE,
          (instance) =>
            instance.values.publicly_accessible === false &&
            text(instance, 'db_subnet_group_name') === text(group, 'name'),
        )(deployment),
        ...all('subnet', subnets, (id) => isolated.includes(id), String),
      ]
    },
  },
  {
    name: 'postgres: TLS is forced',
    when: onPostgres,
    problems: (deployment) => [
      ...unless(parameter(deployment, 'rds.force_ssl') === '1', 'rds.force_ssl'),
      ...every(
        INSTANCE,
        (instance) =>
          text(instance, 'parameter_group_name') ===
          text(ofType(deployment, 'aws_db_parameter_group')[0], 'name'),
      )(deployment),
    ],
  },
  {
    name: 'postgres: the password is kept by RDS, not in the state',
    when: onPostgres,
    problems: every(
      INSTANCE,
      (instance) =>
        instance.values.manage_master_user_password === true && text(instance, 'password') === '',
    ),
  },
  {
    name: 'postgres: two zones in production',
    when: valuableInstance,
    problems: every(INSTANCE, ({ values }) => values.multi_az === true),
  },
  {
    name: 'postgres: protected from deletion in production',
    when: valuableInstance,
    problems: every(INSTANCE, ({ values }) => values.deletion_protection === true),
  },
  {
    name: 'postgres: a final snapshot in production',
    when: valuableInstance,
    problems: every(
      INSTANCE,
      (instance) =>
        instance.values.skip_final_snapshot === false &&
        text(instance, 'final_snapshot_identifier') !== '',
    ),
  },
  {
    name: 'postgres: backups, for a week in production',
    when: onPostgres,
    problems: every(
      INSTANCE,
      ({ values }, { production }) =>
        Number(values.backup_retention_period) >= (production ? 7 : 1),
    ),
  },
  {
    name: 'postgres: backup and maintenance never overlap',
    when: onPostgres,
    problems: every(INSTANCE, (instance) => {
      const backup = minutesOf(text(instance, 'backup_window'))
      const maintenance = minutesOf(text(instance, 'maintenance_window'))
      return (
        backup.size >= 30 &&
        maintenance.size >= 30 &&
        ![...backup].some((minute) => maintenance.has(minute))
      )
    }),
  },
  {
    name: 'postgres: logs are exported',
    when: onPostgres,
    problems: every(INSTANCE, ({ values }) =>
      list(values, 'enabled_cloudwatch_logs_exports').includes('postgresql'),
    ),
  },
  {
    name: 'postgres: exported logs have groups with an end',
    when: onPostgres,
    problems: (deployment) => {
      const [instance] = ofType(deployment, INSTANCE)
      const names = ofType(deployment, 'aws_cloudwatch_log_group').map(({ values }) => values.name)
      return list(instance?.values, 'enabled_cloudwatch_logs_exports')
        .map((log) => `/aws/rds/instance/${text(instance, 'identifier')}/${log}`)
        .filter((name) => !names.includes(name))
    },
  },
  {
    name: 'postgres: connections enough for twice the tasks',
    when: onPostgres,
    problems: (deployment) => {
      const needed = connectionsNeeded(deployment)
      const most = Number(parameter(deployment, 'max_connections'))
      return unless(most > needed, `${most} of ${needed}`)
    },
  },
  {
    name: 'postgres: no more connections than the memory bears',
    when: onPostgres,
    problems: (deployment) => {
      const size = text(ofType(deployment, INSTANCE)[0], 'instance_class').split('.')[2] ?? ''
      const memory = MEMORY[size]
      if (memory === undefined) return []
      const bearable = Math.floor((memory * 2 ** 30) / BYTES_PER_CONNECTION)
      const most = Number(parameter(deployment, 'max_connections'))
      return unless(most <= bearable, `${most}, where ${size} bears ${bearable}`)
    },
  },
  {
    name: 'postgres: reached by its tasks only',
    when: onPostgres,
    problems: (deployment) => {
      const groups = ofType(deployment, 'aws_security_group')
      const idOf = (end: string) =>
        text(
          groups.find(({ address }) => address.endsWith(end)),
          'id',
        )
      const own = idOf('rds[0].aws_security_group.this')
      const rules = ofType(deployment, 'aws_vpc_security_group_ingress_rule').filter(
        (rule) => text(rule, 'security_group_id') === own,
      )
      return all(
        'rule',
        rules,
        (rule) =>
          text(rule, 'referenced_security_group_id') ===
            idOf('aws_security_group.task["postgres"]') && rule.values.from_port === 5432,
        ({ address }) => address,
      )
    },
  },
  {
    name: 'dynamodb: the table is the one that the service makes',
    when: onDynamodb,
    problems: (deployment) => {
      const tables = ofType(deployment, TABLE)
      return tables.length === 0 ? ['no table'] : tables.flatMap(tableDifferences)
    },
  },
  {
    name: 'dynamodb: the service is told the name of the table',
    when: onDynamodb,
    problems: (deployment) => {
      const name = text(ofType(deployment, TABLE)[0], 'name')
      return containers(deployment)
        .filter(({ task }) => task.index === 'dynamodb')
        .filter(({ environment }) => environment.DYNAMODB_TABLE_NAME !== name)
        .map(({ task }) => task.address)
    },
  },
  {
    name: 'dynamodb: TTL',
    when: onDynamodb,
    problems: every(TABLE, ({ values }) => at(values, 'ttl.0.enabled') === true),
  },
  {
    name: 'dynamodb: point-in-time recovery',
    when: onDynamodb,
    problems: every(TABLE, ({ values }) => at(values, 'point_in_time_recovery.0.enabled') === true),
  },
  {
    name: 'dynamodb: encrypted by a key of KMS',
    when: onDynamodb,
    problems: every(TABLE, ({ values }) => at(values, 'server_side_encryption.0.enabled') === true),
  },
  {
    name: 'dynamodb: on demand, with a cap on the table and every index',
    when: onDynamodb,
    problems: every(
      TABLE,
      ({ values }) =>
        values.billing_mode === 'PAY_PER_REQUEST' &&
        [values, ...list(values, 'global_secondary_index')].every(
          (part) =>
            Number(at(part, 'on_demand_throughput.0.max_read_request_units')) >= 1 &&
            Number(at(part, 'on_demand_throughput.0.max_write_request_units')) >= 1,
        ),
    ),
  },
  {
    name: 'dynamodb: protected from deletion in production',
    when: valuableTable,
    problems: every(TABLE, ({ values }) => values.deletion_protection_enabled === true),
  },
]
