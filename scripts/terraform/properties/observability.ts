import {
  comparing,
  inProduction,
  onDynamodb,
  onPostgres,
  type Property,
  unless,
} from '../property.ts'
import { at, type Deployment, list, ofType, type Resource, text } from '../resources.ts'

const alarms = (deployment: Deployment) => ofType(deployment, 'aws_cloudwatch_metric_alarm')

/** The metrics that an alarm looks at, with their dimensions. */
function metricsOf({ values }: Resource): { name: string; dimensions: unknown }[] {
  const queries = list(values, 'metric_query').flatMap((query) => list(query, 'metric'))
  return [values, ...queries]
    .map((metric) => ({
      name: String(at(metric, 'metric_name') ?? ''),
      dimensions: at(metric, 'dimensions'),
    }))
    .filter(({ name }) => name !== '')
}

const watched = (deployment: Deployment) => alarms(deployment).flatMap(metricsOf)

const missing = (deployment: Deployment, names: readonly string[]) =>
  names.filter((name) => !watched(deployment).some((metric) => metric.name === name))

/** Every store's target group has an alarm on the metric. */
const perStore =
  (metric: string): Property['problems'] =>
  (deployment) =>
    deployment.stores.filter((store) => {
      const group = ofType(deployment, 'aws_lb_target_group').find(({ index }) => index === store)
      return !watched(deployment).some(
        ({ name, dimensions }) =>
          name === metric && at(dimensions, 'TargetGroup') === group?.values.arn_suffix,
      )
    })

const widgets = (deployment: Deployment) => {
  const [dashboard] = ofType(deployment, 'aws_cloudwatch_dashboard')
  return dashboard === undefined
    ? []
    : list(JSON.parse(text(dashboard, 'dashboard_body')), 'widgets')
}

const column = (deployment: Deployment, title: string) =>
  widgets(deployment).filter((widget) =>
    String(at(widget, 'properties.title')).startsWith(`${title}:`),
  )

export const OBSERVABILITY: readonly Property[] = [
  {
    name: 'alarms: server errors of the service, per store',
    problems: perStore('HTTPCode_Target_5XX_Count'),
  },
  {
    name: 'alarms: server errors of the load balancer',
    problems: (deployment) => missing(deployment, ['HTTPCode_ELB_5XX_Count']),
  },
  {
    name: 'alarms: latency at the 99th percentile, per store',
    problems: (deployment) => [
      ...perStore('TargetResponseTime')(deployment),
      ...alarms(deployment)
        .filter((alarm) => text(alarm, 'metric_name') === 'TargetResponseTime')
        .filter((alarm) => text(alarm, 'extended_statistic') !== 'p99')
        .map(({ address }) => address),
    ],
  },
  {
    name: 'alarms: tasks that are not ready, per store',
    problems: perStore('UnHealthyHostCount'),
  },
  {
    name: 'alarms: throttles of the table and its indexes',
    when: onDynamodb,
    problems: (deployment) => {
      const throttles = watched(deployment).filter(({ name }) => name === 'WriteThrottleEvents')
      const indexes = list(
        ofType(deployment, 'aws_dynamodb_table')[0]?.values,
        'global_secondary_index',
      ).map((index) => at(index, 'name'))
      return [
        ...missing(deployment, ['ReadThrottleEvents', 'WriteThrottleEvents']),
        ...[undefined, ...indexes]
          .filter(
            (index) =>
              !throttles.some(
                ({ dimensions }) => at(dimensions, 'GlobalSecondaryIndexName') === index,
              ),
          )
          .map((index) => String(index ?? 'the table')),
      ]
    },
  },
  {
    name: 'alarms: TTL backlog',
    when: onDynamodb,
    problems: (deployment) => missing(deployment, ['TimeToLiveDeletedItemCount']),
  },
  {
    name: 'alarms: CPU, storage and connections of the database',
    when: onPostgres,
    problems: (deployment) =>
      missing(deployment, ['CPUUtilization', 'FreeStorageSpace', 'DatabaseConnections']),
  },
  {
    name: 'alarms: connections before they run out',
    when: onPostgres,
    problems: (deployment) => {
      const parameters = list(ofType(deployment, 'aws_db_parameter_group')[0]?.values, 'parameter')
      const most = at(
        parameters.find((each) => at(each, 'name') === 'max_connections'),
        'value',
      )
      return alarms(deployment)
        .filter((alarm) => text(alarm, 'metric_name') === 'DatabaseConnections')
        .filter(({ values }) => !(Number(values.threshold) < Number(most)))
        .map(({ address }) => address)
    },
  },
  {
    name: 'alarms: about what is deployed',
    problems: (deployment) => {
      const names = deployment.resources.flatMap(({ values }) =>
        ['arn_suffix', 'identifier', 'name'].map((key) => values[key]),
      )
      const ids = ['LoadBalancer', 'TargetGroup', 'DBInstanceIdentifier', 'TableName']
      return alarms(deployment)
        .filter((alarm) =>
          metricsOf(alarm).some(({ dimensions }) =>
            ids.some((id) => {
              const named = at(dimensions, id)
              return named !== undefined && !names.includes(named)
            }),
          ),
        )
        .map(({ address }) => address)
    },
  },
  {
    name: 'alarms: seven days at most',
    problems: (deployment) =>
      alarms(deployment)
        .filter(({ values }) => {
          const queries = list(values, 'metric_query').flatMap((query) => list(query, 'metric'))
          const periods = [values, ...queries].map((metric) => Number(at(metric, 'period') ?? 0))
          return Math.max(...periods) * Number(values.evaluation_periods) > 7 * 86_400
        })
        .map(({ address }) => address),
  },
  {
    name: 'alarms: somebody is told in production',
    when: inProduction,
    problems: (deployment) =>
      alarms(deployment)
        .filter(({ values }) => list(values, 'alarm_actions').length === 0)
        .map(({ address }) => address),
  },
  {
    name: 'dashboard: there is one',
    problems: (deployment) => {
      const count = ofType(deployment, 'aws_cloudwatch_dashboard').length
      return unless(count === 1, `there are ${count}`)
    },
  },
  {
    name: 'dashboard: both stores side by side, row by row',
    when: comparing,
    problems: (deployment) => {
      const left = column(deployment, 'PostgreSQL')
      const right = column(deployment, 'DynamoDB')
      const matches = left.filter((widget, row) => {
        const other = right[row]
        return (
          at(widget, 'y') === at(other, 'y') &&
          Number(at(widget, 'x')) + Number(at(widget, 'width')) <= Number(at(other, 'x'))
        )
      })
      return unless(
        left.length > 0 && left.length === right.length && matches.length === left.length,
        `${left.length} and ${right.length} widgets, ${matches.length} side by side`,
      )
    },
  },
  {
    name: 'dashboard: nothing overlaps or sticks out',
    problems: (deployment) => {
      const cells = widgets(deployment).flatMap((widget) => {
        const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) =>
          Number(at(widget, key)),
        )
        if (x === undefined || y === undefined || width === undefined || height === undefined)
          return []
        return Array.from({ length: width * height }, (_, i) => ({
          x: x + (i % width),
          y: y + Math.floor(i / width),
        }))
      })
      const places = new Set(cells.map((cell) => `${cell.x} ${cell.y}`))
      return [
        ...unless(places.size === cells.length, 'overlap'),
        ...unless(cells.length > 0 && cells.every(({ x }) => x < 24), 'wider than 24'),
      ]
    },
  },
]
