import { loadConfig, SETTINGS } from '../../../src/config.ts'
import { type Container, containers } from '../documents.ts'
import { all, comparing, every, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, list, ofType, type Resource, text } from '../resources.ts'

/** Memory in MiB that Fargate offers with a number of CPU units: from, to, in steps of. */
const FARGATE: Readonly<Record<string, readonly [number, number, number]>> = {
  '512': [1024, 4096, 1024],
  '1024': [2048, 8192, 1024],
  '2048': [4096, 16_384, 1024],
  '4096': [8192, 30_720, 1024],
  '8192': [16_384, 61_440, 4096],
  '16384': [32_768, 122_880, 8192],
}

function isFargateSize(cpu: string, memory: number): boolean {
  if (cpu === '256') return [512, 1024, 2048].includes(memory)
  const [from, to, step] = FARGATE[cpu] ?? [1, 0, 1]
  return memory >= from && memory <= to && (memory - from) % step === 0
}

/** Variables that are not settings of the service: the SDK's and pg's own. */
const FOREIGN = ['AWS_REGION']

const SECRET = /PASSWORD|SECRET|TOKEN|CREDENTIAL|ACCESS_KEY/

const everyContainer =
  (holds: (container: Container) => boolean): Property['problems'] =>
  (deployment) =>
    all('container', containers(deployment), holds, ({ task }) => task.address)

const storeOf = ({ task }: Container) => String(task.index)

const TASK = 'aws_ecs_task_definition'
const SERVICE = 'aws_ecs_service'

const policies = (deployment: Deployment, metric: string) =>
  ofType(deployment, 'aws_appautoscaling_policy').filter((policy) =>
    JSON.stringify(policy.values).includes(`"${metric}"`),
  )

const scaled = (deployment: Deployment, metric: string) =>
  deployment.stores.filter(
    (store) => !policies(deployment, metric).some(({ index }) => index === store),
  )

function settingsProblem({ environment }: Container): string[] {
  const unknown = Object.keys(environment).filter(
    (name) => !(name in SETTINGS.properties) && !FOREIGN.includes(name),
  )
  try {
    loadConfig(environment)
  } catch (error) {
    return [...unknown, String(error)]
  }
  return unknown
}

export const TASKS: readonly Property[] = [
  {
    name: 'tasks: one service per store',
    problems: (deployment) =>
      deployment.stores.filter(
        (store) => !ofType(deployment, SERVICE).some(({ index }) => index === store),
      ),
  },
  {
    name: 'tasks: Fargate on ARM',
    problems: every(
      TASK,
      (task) =>
        list(task.values, 'requires_compatibilities').includes('FARGATE') &&
        text(task, 'network_mode') === 'awsvpc' &&
        text(task, 'runtime_platform.0.cpu_architecture') === 'ARM64',
    ),
  },
  {
    name: 'tasks: sizes that Fargate has',
    problems: every(TASK, (task) => isFargateSize(text(task, 'cpu'), Number(task.values.memory))),
  },
  {
    name: 'tasks: the root file system is read-only',
    problems: everyContainer(({ definition }) => at(definition, 'readonlyRootFilesystem') === true),
  },
  {
    name: 'tasks: not root',
    problems: everyContainer(({ definition }) => {
      const [user = ''] = String(at(definition, 'user') ?? '').split(':')
      return user !== '' && user !== 'root' && user !== '0'
    }),
  },
  {
    name: 'tasks: all capabilities dropped',
    problems: everyContainer(
      ({ definition }) =>
        list(definition, 'linuxParameters.capabilities.drop').includes('ALL') &&
        list(definition, 'linuxParameters.capabilities.add').length === 0 &&
        at(definition, 'privileged') !== true,
    ),
  },
  {
    name: 'tasks: an init process, and a health check that leaves the database alone',
    problems: everyContainer(
      ({ definition }) =>
        at(definition, 'linuxParameters.initProcessEnabled') === true &&
        list(definition, 'healthCheck.command').some((word) =>
          String(word).includes('/health/live'),
        ),
    ),
  },
  {
    name: 'tasks: no public address, private subnets',
    problems: (deployment) => {
      const ids = ofType(deployment, 'aws_subnet')
        .filter(({ address }) => address.includes('aws_subnet.private['))
        .map((subnet) => subnet.values.id)
      return every(
        SERVICE,
        ({ values }) =>
          at(values, 'network_configuration.0.assign_public_ip') === false &&
          list(values, 'network_configuration.0.subnets').length > 1 &&
          list(values, 'network_configuration.0.subnets').every((id) => ids.includes(id)),
      )(deployment)
    },
  },
  {
    name: 'tasks: called by the load balancer only',
    problems: (deployment) => {
      const own = ofType(deployment, 'aws_security_group')
      const idOf = (end: string) =>
        text(
          own.find(({ address }) => address.endsWith(end)),
          'id',
        )
      const balancer = idOf('alb.aws_security_group.this')
      return deployment.stores.flatMap((store) => {
        const group = idOf(`aws_security_group.task["${store}"]`)
        const rules = ofType(deployment, 'aws_vpc_security_group_ingress_rule').filter(
          (rule) => text(rule, 'security_group_id') === group,
        )
        return all(
          `rule for ${store}`,
          rules,
          (rule) => text(rule, 'referenced_security_group_id') === balancer,
          ({ address }) => address,
        )
      })
    },
  },
  {
    name: 'tasks: names and ports of container, service and target group match',
    problems: (deployment) =>
      containers(deployment).flatMap(({ task, definition }) => {
        const service = ofType(deployment, SERVICE).find(({ index }) => index === task.index)
        const group = ofType(deployment, 'aws_lb_target_group').find(
          ({ index }) => index === task.index,
        )
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
    name: 'tasks: the image is named by a tag that stays',
    problems: everyContainer(({ definition }) => {
      const image = String(at(definition, 'image'))
      return /(:[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image) && !image.endsWith(':latest')
    }),
  },
  {
    name: 'tasks: both services run the same image',
    when: comparing,
    problems: (deployment) => {
      const images = containers(deployment).map(({ definition }) => at(definition, 'image'))
      return unless(new Set(images).size === 1, images.join(' and '))
    },
  },
  {
    name: 'tasks: settings are ones that the service takes',
    problems: (deployment) => containers(deployment).flatMap(settingsProblem),
  },
  {
    name: 'tasks: each knows its own store',
    problems: everyContainer((container) => {
      const { environment } = container
      const foreign = storeOf(container) === 'postgres' ? 'DYNAMODB_TABLE_NAME' : 'DATABASE_URL'
      return environment.CART_STORE_TYPE === storeOf(container) && !(foreign in environment)
    }),
  },
  {
    name: 'tasks: the service listens where the load balancer calls, and trusts it alone',
    problems: everyContainer(
      ({ environment, definition }) =>
        environment.HOST === '0.0.0.0' &&
        environment.PORT === String(at(definition, 'portMappings.0.containerPort')) &&
        environment.TRUSTED_PROXIES === '1',
    ),
  },
  {
    name: 'tasks: no secret in the environment',
    problems: everyContainer(({ environment }) =>
      Object.entries(environment).every(
        ([name, value]) => !SECRET.test(name) && !/:\/\/[^/@]*:[^/@]*@/.test(value),
      ),
    ),
  },
  {
    name: 'tasks: secrets come from Secrets Manager',
    when: onPostgres,
    problems: (deployment) => {
      const arn = text(ofType(deployment, 'aws_db_instance')[0], 'master_user_secret.0.secret_arn')
      return containers(deployment)
        .filter((container) => storeOf(container) === 'postgres')
        .filter(({ secrets }) => secrets.PGPASSWORD !== `${arn}:password::`)
        .map(({ task }) => task.address)
    },
  },
  {
    name: 'tasks: the database is reached by TLS with its name checked',
    when: onPostgres,
    problems: (deployment) =>
      containers(deployment)
        .filter((container) => storeOf(container) === 'postgres')
        .filter(({ environment }) => {
          const query = new URL(environment.DATABASE_URL ?? 'postgres://none').searchParams
          return query.get('sslmode') !== 'verify-full' || !query.get('sslrootcert')
        })
        .map(({ task }) => task.address),
  },
  {
    name: 'tasks: killed only after the drain',
    problems: everyContainer(({ definition, environment }) => {
      const timeout = Number(at(definition, 'stopTimeout'))
      return timeout * 1000 > Number(environment.DRAIN_TIMEOUT_MS) && timeout <= 120
    }),
  },
  {
    name: 'tasks: logs go to a group of their own',
    problems: (deployment) => {
      const groups = ofType(deployment, 'aws_cloudwatch_log_group')
      const used = containers(deployment).map(({ definition }) =>
        at(at(definition, 'logConfiguration.options'), 'awslogs-group'),
      )
      return [
        ...unless(new Set(used).size === used.length, 'shared'),
        ...used
          .filter((name) => !groups.some(({ values }) => values.name === name))
          .map((name) => `no group ${name}`),
      ]
    },
  },
  {
    name: 'tasks: every log group forgets',
    problems: every(
      'aws_cloudwatch_log_group',
      ({ values }) => Number(values.retention_in_days) > 0,
    ),
  },
  {
    name: 'tasks: container insights',
    problems: every('aws_ecs_cluster', ({ values }) =>
      list(values, 'setting').some(
        (setting) =>
          at(setting, 'name') === 'containerInsights' &&
          ['enabled', 'enhanced'].includes(String(at(setting, 'value'))),
      ),
    ),
  },
  {
    name: 'tasks: a deployment that fails is rolled back',
    problems: every(
      SERVICE,
      ({ values }) =>
        at(values, 'deployment_circuit_breaker.0.enable') === true &&
        at(values, 'deployment_circuit_breaker.0.rollback') === true &&
        Number(values.deployment_minimum_healthy_percent) >= 100,
    ),
  },
  {
    name: 'tasks: the revision before stays, to be rolled back to',
    problems: every(TASK, ({ values }) => values.skip_destroy === true),
  },
  {
    name: 'tasks: health does not count before they can have started',
    problems: every(
      SERVICE,
      ({ values }) => Number(values.health_check_grace_period_seconds) >= 30,
    ),
  },
  {
    name: 'tasks: nobody gets a shell in them',
    problems: every(SERVICE, ({ values }) => values.enable_execute_command !== true),
  },
  {
    name: 'tasks: scaled by CPU',
    problems: (deployment) => scaled(deployment, 'ECSServiceAverageCPUUtilization'),
  },
  {
    name: 'tasks: scaled by requests per target, of their own target group',
    problems: (deployment) => [
      ...scaled(deployment, 'ALBRequestCountPerTarget'),
      ...policies(deployment, 'ALBRequestCountPerTarget')
        .filter((policy) => !labelMatches(policy, deployment))
        .map(({ address }) => address),
    ],
  },
  {
    name: 'tasks: scaled between sensible bounds',
    problems: every(
      'aws_appautoscaling_target',
      ({ values }, { production }) =>
        Number(values.min_capacity) >= (production ? 2 : 1) &&
        Number(values.max_capacity) >= Number(values.min_capacity),
    ),
  },
  {
    name: 'tasks: replaced after the password was rotated',
    when: onPostgres,
    problems: (deployment) => {
      const rotation = ofType(deployment, 'aws_secretsmanager_secret_rotation')[0]
      const redeploy = ofType(deployment, 'aws_scheduler_schedule')[0]
      const rotated = cron(text(rotation, 'rotation_rules.0.schedule_expression'))
      const replaced = cron(text(redeploy, 'schedule_expression'))
      // The rotation happens some time within its hour.
      return unless(
        rotated !== undefined &&
          replaced !== undefined &&
          rotated.days === replaced.days &&
          text(rotation, 'rotation_rules.0.duration') === '1h' &&
          replaced.minutes >= rotated.minutes + 60 &&
          text(redeploy, 'target.0.arn').endsWith(':aws-sdk:ecs:updateService'),
        'schedules of the rotation and the deployment',
      )
    },
  },
]

function labelMatches(policy: Resource, deployment: Deployment): boolean {
  const group = ofType(deployment, 'aws_lb_target_group').find(
    ({ index }) => index === policy.index,
  )
  const balancer = ofType(deployment, 'aws_lb')[0]
  const label = text(
    policy,
    'target_tracking_scaling_policy_configuration.0.predefined_metric_specification.0.resource_label',
  )
  return label === `${text(balancer, 'arn_suffix')}/${text(group, 'arn_suffix')}`
}

/** `cron(minute hour days...)` as minutes since midnight, and the days. */
function cron(expression: string): { minutes: number; days: string } | undefined {
  const [, minute, hour, days] = /^cron\((\d+) (\d+) (.*)\)$/.exec(expression) ?? []
  if (days === undefined) return undefined
  return { minutes: Number(hour) * 60 + Number(minute), days }
}
