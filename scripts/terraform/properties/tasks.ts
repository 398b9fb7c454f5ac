import { loadConfig, SETTINGS } from '../../../packages/service/src/config/config.ts'
import { refusalOf } from '../../serve-words.ts'
import { type Container, containers, initContainers } from '../documents.ts'
import { all, every, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, find, list, ofType, text } from '../resources.ts'

/** Environment variables that are read by the AWS SDK. */
const OF_SDK = ['AWS_REGION']

const everyContainer =
  (holds: (container: Container) => boolean): Property['problems'] =>
  (deployment) =>
    all('container', containers(deployment), holds, ({ task }) => task.address)

/** As `everyContainer`, for the containers on PostgreSQL. */
const everyOnPostgres =
  (
    holds: (container: Container, deployment: Deployment) => boolean,
    of = containers,
  ): Property['problems'] =>
  (deployment) =>
    all(
      'container',
      of(deployment).filter((container) => storeOf(container) === 'postgres'),
      (container) => holds(container, deployment),
      ({ task }) => task.address,
    )

const storeOf = ({ task }: Container) => String(task.index)

const words = (definition: Container['definition']) => list(definition, 'command').map(String)

function settingsProblems(container: Container): string[] {
  const { environment } = container
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
    name: 'tasks: /metrics has a port that the load balancer does not reach',
    problems: everyContainer(({ environment, definition }) => {
      const ports = list(definition, 'portMappings').map((each) => at(each, 'containerPort'))
      return (
        Number(environment.METRICS_PORT) > 0 && !ports.includes(Number(environment.METRICS_PORT))
      )
    }),
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
    name: 'tasks: the service needs no restart when a password is rotated: it has none, or reads it for each connection',
    when: onPostgres,
    problems: everyOnPostgres(
      ({ environment, secrets }, deployment) =>
        Object.keys(secrets).length === 0 &&
        (environment.DATABASE_AUTH === 'aws-iam' ||
          environment.DATABASE_SECRET_ARN === secretOf(deployment)),
    ),
  },
  {
    name: 'tasks: before the service, a container with the password of the master user creates its role',
    when: (deployment) => initContainers(deployment).length > 0,
    problems: (deployment) =>
      containers(deployment)
        .filter((container) => storeOf(container) === 'postgres')
        .flatMap(({ task, environment, definition }) => {
          const [init] = initContainers(deployment).filter((each) => each.task === task)
          const waits = list(definition, 'dependsOn').some(
            (each) =>
              at(each, 'containerName') === at(init?.definition, 'name') &&
              at(each, 'condition') === 'SUCCESS',
          )
          const role = new URL(environment.DATABASE_URL ?? 'postgres://none').username
          return unless(
            waits &&
              init?.secrets.PGPASSWORD === `${secretOf(deployment)}:password::` &&
              init.environment.APPLICATION_ROLE === role &&
              new URL(init.environment.DATABASE_URL ?? 'postgres://none').username !== role,
            task.address,
          )
        }),
  },
  {
    name: 'tasks: connect to PostgreSQL by TLS and verify the host name',
    when: onPostgres,
    problems: everyOnPostgres(
      ({ environment }, deployment) => {
        const query = new URL(environment.DATABASE_URL ?? 'postgres://none').searchParams
        // The certificate of RDS Proxy comes from a public authority.
        const throughProxy = ofType(deployment, 'aws_db_proxy').length > 0
        return query.get('sslmode') === 'verify-full' && query.has('sslrootcert') === !throughProxy
      },
      (deployment) => [...containers(deployment), ...initContainers(deployment)],
    ),
  },
]

/** The secret of the master user. */
export function secretOf(deployment: Deployment): string {
  const [cluster] = ofType(deployment, 'aws_rds_cluster')
  const database = cluster ?? find(deployment, 'aws_db_instance', 'aws_db_instance.this[0]')
  return text(database, 'master_user_secret.0.secret_arn')
}
