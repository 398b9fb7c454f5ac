import { loadConfig, SETTINGS } from '../../../packages/service/src/config/config.ts'
import { refusalOf } from '../../serve-words.ts'
import { type Container, containers } from '../documents.ts'
import { all, every, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, list, ofType, text } from '../resources.ts'

/** Environment variables that are read by the AWS SDK. */
const OF_SDK = ['AWS_REGION']

const everyContainer =
  (holds: (container: Container) => boolean): Property['problems'] =>
  (deployment) =>
    all('container', containers(deployment), holds, ({ task }) => task.address)

/** As `everyContainer`, for the containers on PostgreSQL. */
const everyOnPostgres =
  (holds: (container: Container, deployment: Deployment) => boolean): Property['problems'] =>
  (deployment) =>
    all(
      'container',
      containers(deployment).filter((container) => storeOf(container) === 'postgres'),
      (container) => holds(container, deployment),
      ({ task }) => task.address,
    )

const storeOf = ({ task }: Container) => String(task.index)

const words = (definition: Container['definition']) => list(definition, 'command').map(String)

function settingsProblems({ environment }: Container): string[] {
  const unknown = Object.keys(environment).filter(
    (name) => !(name in SETTINGS.properties) && !OF_SDK.includes(name),
  )
  try {
    loadConfig(environment)
    return unknown
  } catch (error) {
    return [...unknown, String(error)]
  }
}

export const TASKS: readonly Property[] = [
  {
    name: 'tasks: one service per store',
    problems: (deployment) =>
      deployment.stores.filter(
        (store) => !ofType(deployment, 'aws_ecs_service').some(({ index }) => index === store),
      ),
  },
  {
    name: 'tasks: settings are ones that the service accepts',
    problems: (deployment) => containers(deployment).flatMap(settingsProblems),
  },
  {
    name: 'tasks: the command has only options of the service',
    problems: (deployment) =>
      containers(deployment).flatMap(({ definition }) => refusalOf(words(definition)) ?? []),
  },
  {
    name: 'tasks: each has the settings of its store only',
    problems: everyContainer((container) => {
      const { environment } = container
      const foreign = storeOf(container) === 'postgres' ? 'DYNAMODB_TABLE_NAME' : 'DATABASE_URL'
      return environment.CART_STORE_TYPE === storeOf(container) && !(foreign in environment)
    }),
  },
  {
    name: 'tasks: the service listens where the load balancer connects, and trusts one proxy',
    problems: everyContainer(
      ({ environment, definition }) =>
        environment.HOST === '0.0.0.0' &&
        environment.PORT === String(at(definition, 'portMappings.0.containerPort')) &&
        environment.TRUSTED_PROXIES === '1',
    ),
  },
  {
    name: 'tasks: names and ports of container, service and target group match',
    problems: (deployment) =>
      containers(deployment).flatMap(({ task, definition }) => {
        const ofStore = (type: string) =>
          ofType(deployment, type).find(({ index }) => index === task.index)
        const service = ofStore('aws_ecs_service')
        const group = ofStore('aws_lb_target_group')
        const port = at(definition, 'portMappings.0.containerPort')
        return unless(
          text(service, 'load_balancer.0.container_name') === at(definition, 'name') &&
            at(service?.values, 'load_balancer.0.container_port') === port &&
            text(service, 'load_balancer.0.target_group_arn') === text(group, 'arn') &&
            group?.values.port === port,
          task.address,
        )
      }),
  },
  {
    name: 'tasks: restarted by /health/live',
    problems: everyContainer(({ definition }) =>
      list(definition, 'healthCheck.command').some((word) => String(word).includes('/health/live')),
    ),
  },
  {
    name: 'tasks: killed only after the drain',
    problems: everyContainer(({ definition, environment }) => {
      const timeout = Number(at(definition, 'stopTimeout'))
      return timeout * 1000 > Number(environment.DRAIN_TIMEOUT_MS) && timeout <= 120
    }),
  },
  {
    name: 'tasks: the previous revision stays, so that a rollback can start it',
    problems: every('aws_ecs_task_definition', ({ values }) => values.skip_destroy === true),
  },
  {
    name: 'tasks: PGPASSWORD comes from the secret of the database',
    when: onPostgres,
    problems: everyOnPostgres(({ secrets }, deployment) => {
      const instance = ofType(deployment, 'aws_db_instance')[0]
      return (
        secrets.PGPASSWORD === `${text(instance, 'master_user_secret.0.secret_arn')}:password::`
      )
    }),
  },
  {
    name: 'tasks: connect to PostgreSQL by TLS and verify the host name',
    when: onPostgres,
    problems: everyOnPostgres(({ environment }) => {
      const query = new URL(environment.DATABASE_URL ?? 'postgres://none').searchParams
      return query.get('sslmode') === 'verify-full' && Boolean(query.get('sslrootcert'))
    }),
  },
  {
    name: 'tasks: replaced after the rotation of the password, which they read at start',
    when: onPostgres,
    problems: (deployment) => {
      const rotation = ofType(deployment, 'aws_secretsmanager_secret_rotation')[0]
      const redeploy = ofType(deployment, 'aws_scheduler_schedule')[0]
      const rotated = cron(text(rotation, 'rotation_rules.0.schedule_expression'))
      const replaced = cron(text(redeploy, 'schedule_expression'))
      // The rotation happens at any time within its hour.
      return unless(
        rotated !== undefined &&
          replaced !== undefined &&
          rotated.days === replaced.days &&
          text(rotation, 'rotation_rules.0.duration') === '1h' &&
          replaced.minutes >= rotated.minutes + 60 &&
          text(redeploy, 'target.0.arn').endsWith(':aws-sdk:ecs:updateService'),
        'schedules of rotation and replacement',
      )
    },
  },
]

/** `cron(minute hour days...)` as minutes since midnight, and the days. */
function cron(expression: string): { minutes: number; days: string } | undefined {
  const [, minute, hour, days] = /^cron\((\d+) (\d+) (.*)\)$/.exec(expression) ?? []
  if (days === undefined) return undefined
  return { minutes: Number(hour) * 60 + Number(minute), days }
}
