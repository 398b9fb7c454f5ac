// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform has the same braces.

/** A mistake to plant in terraform/, and the check that must find it. */
export interface Mutation {
  /** What is wrong, as an engineer would say it. */
  readonly name: string
  /** In terraform/. */
  readonly file: string
  /** Occurs in the file; only the first occurrence is replaced. */
  readonly from: string
  readonly to: string
  /**
   * What must fail: a file of terraform/tests/, or the properties of one run of policy.tftest.hcl.
   */
  readonly by: `tests/${string}` | `policy ${'both' | 'postgres' | 'dynamodb' | 'aurora'}`
}

const SERVICE = 'modules/ecs/main.tf'
const SCALING = 'modules/ecs/scaling.tf'
const BALANCER = 'modules/alb/main.tf'
const ALARMS = 'modules/observability/main.tf'
const DASHBOARD = 'modules/observability/dashboard.tf'
const REGIONS = 'modules/observability/regions.tf'
const DEPLOYMENTS = 'modules/observability/deployments.tf'
const INSTANCE = 'modules/rds/instance.tf'
const PARAMETERS = 'modules/rds/parameters.tf'
const TABLE = 'modules/dynamodb/main.tf'
const REGISTRY = 'modules/ecr/main.tf'
const PIPELINE = 'modules/cicd/main.tf'

const inService = { by: 'tests/service.tftest.hcl' } as const
const inBalancer = { by: 'tests/balancer.tftest.hcl' } as const
const inAlarms = { by: 'tests/alarms.tftest.hcl' } as const
const inMove = { by: 'tests/move.tftest.hcl' } as const
const inHomes = { by: 'tests/homes.tftest.hcl' } as const
const inDatabases = { by: 'tests/databases.tftest.hcl' } as const

/** Realistic mistakes; `npm run check:terraform -- --mutations` plants each and requires that its check fails. */
export const MUTATIONS: readonly Mutation[] = [
  // Deployments and scaling
  {
    name: 'an apply sets the number of tasks back',
    file: SERVICE,
    from: 'ignore_changes = [desired_count]',
    to: 'ignore_changes = []',
    ...inService,
  },
  {
    name: 'no room for new tasks during a deployment',
    file: SERVICE,
    from: 'deployment_maximum_percent         = 200',
    to: 'deployment_maximum_percent         = 100',
    ...inService,
  },
  {
    name: 'half of the tasks may be missing during a deployment',
    file: SERVICE,
    from: 'deployment_minimum_healthy_percent = 100',
    to: 'deployment_minimum_healthy_percent = 50',
    ...inService,
  },
  {
    name: 'no rollback',
    file: SERVICE,
    from: 'rollback = true',
    to: 'rollback = false',
    ...inService,
  },
  {
    name: 'no circuit breaker',
    file: SERVICE,
    from: 'enable   = true',
    to: 'enable   = false',
    ...inService,
  },
  {
    name: 'apply does not wait for the deployment',
    file: SERVICE,
    from: 'wait_for_steady_state = true',
    to: 'wait_for_steady_state = false',
    ...inService,
  },
  {
    name: 'no time to start',
    file: SERVICE,
    from: 'health_check_grace_period_seconds  = 60',
    to: 'health_check_grace_period_seconds  = 0',
    ...inService,
  },
  {
    name: 'a shell into the tasks',
    file: SERVICE,
    from: 'enable_execute_command             = false',
    to: 'enable_execute_command             = true',
    ...inService,
  },
  {
    name: 'public addresses of tasks',
    file: SERVICE,
    from: 'assign_public_ip = false',
    to: 'assign_public_ip = true',
    ...inService,
  },
  {
    name: 'tasks of another architecture than the image',
    file: SERVICE,
    from: '"ARM64"',
    to: '"X86_64"',
    ...inService,
  },
  {
    name: 'scaling never adds a task',
    file: SCALING,
    from: 'max_capacity       = var.max_tasks',
    to: 'max_capacity       = var.min_tasks',
    ...inService,
  },
  {
    name: 'tasks are removed quicker than they are added',
    file: SCALING,
    from: 'scale_out_cooldown = 60',
    to: 'scale_out_cooldown = 600',
    ...inService,
  },
  {
    name: 'scaling follows the memory instead of the CPU',
    file: SCALING,
    from: 'ECSServiceAverageCPUUtilization',
    to: 'ECSServiceAverageMemoryUtilization',
    ...inService,
  },
  {
    name: 'scaling follows another target group',
    file: SCALING,
    from: '"${var.load_balancer_suffix}/${each.value.target_group_suffix}"',
    to: '"${each.value.target_group_suffix}/${var.load_balancer_suffix}"',
    ...inService,
  },
  {
    name: 'everybody reaches the tasks',
    file: 'modules/ecs/security-groups.tf',
    from: 'referenced_security_group_id = var.load_balancer_security_group_id',
    to: 'cidr_ipv4                    = "0.0.0.0/0"',
    ...inService,
  },
  // Load balancer
  {
    name: 'an outage of the database replaces all tasks',
    file: BALANCER,
    from: '"/health/live"',
    to: '"/health/ready"',
    ...inBalancer,
  },
  {
    name: 'health checks take longer than their interval',
    file: BALANCER,
    from: 'timeout             = 5',
    to: 'timeout             = 15',
    ...inBalancer,
  },
  {
    name: 'a dead task stays for minutes',
    file: BALANCER,
    from: 'unhealthy_threshold = 3',
    to: 'unhealthy_threshold = 10',
    ...inBalancer,
  },
  {
    name: 'a failing task attracts requests',
    file: BALANCER,
    from: '"weighted_random"\n  load_balancing_anomaly_mitigation = "on"',
    to: '"least_outstanding_requests"',
    ...inBalancer,
  },
  {
    name: 'port 80 redirects to itself',
    file: BALANCER,
    from: 'port        = "443"',
    to: 'port        = "80"',
    ...inBalancer,
  },
  {
    name: 'the ports of compare are open to the clients',
    file: BALANCER,
    from: 'setproduct(values(var.fixed_ports), var.fixed_cidrs)',
    to: 'setproduct(values(var.fixed_ports), var.ingress_cidrs)',
    ...inBalancer,
  },
  {
    name: 'the load balancer can be deleted in production',
    file: BALANCER,
    from: 'enable_deletion_protection = var.production',
    to: 'enable_deletion_protection = false',
    ...inBalancer,
  },
  {
    name: 'no access logs',
    file: BALANCER,
    from: 'enabled = true\n  }\n\n  # Enabling',
    to: 'enabled = false\n  }\n\n  # Enabling',
    ...inBalancer,
  },
  {
    name: 'metrics are public on the second listener',
    file: BALANCER,
    from: 'for_each = local.listeners\n\n  listener_arn',
    to: 'for_each = { active = local.listeners.active }\n\n  listener_arn',
    ...inBalancer,
  },
  // Alarms and dashboard
  {
    name: 'an alarm on too much free storage',
    file: ALARMS,
    from: 'comparison = "LessThanThreshold", threshold = var.thresholds.free_storage_gb',
    to: 'comparison = "GreaterThanThreshold", threshold = var.thresholds.free_storage_gb',
    ...inAlarms,
  },
  {
    name: 'alarms of the load balancer in the namespace of the classic one',
    file: ALARMS,
    from: 'namespace           = "AWS/ApplicationELB"\n  metric_name         = each.value.metric',
    to: 'namespace           = "AWS/ELB"\n  metric_name         = each.value.metric',
    ...inAlarms,
  },
  {
    name: 'one dead task of several is no alarm',
    file: ALARMS,
    from: 'metric = "UnHealthyHostCount", statistic = "Maximum"',
    to: 'metric = "UnHealthyHostCount", statistic = "Minimum"',
    ...inAlarms,
  },
  {
    name: 'no task is no alarm',
    file: ALARMS,
    from: 'treat_missing_data  = "breaching"',
    to: 'treat_missing_data  = "notBreaching"',
    ...inAlarms,
  },
  {
    name: 'the latency alarm has the average',
    file: ALARMS,
    from: 'percentile = "p99"',
    to: 'percentile = "p50"',
    ...inAlarms,
  },
  {
    name: 'the alarm on connections is above the limit',
    file: ALARMS,
    from: 'var.max_connections * 0.8',
    to: 'var.max_connections * 1.8',
    ...inAlarms,
  },
  {
    name: 'throttled writes are not watched',
    file: ALARMS,
    from: 'throttle_events = ["ReadThrottleEvents", "WriteThrottleEvents"]',
    to: 'throttle_events = ["ReadThrottleEvents", "ReadThrottleEvents"]',
    ...inAlarms,
  },
  {
    name: 'alarms of databases tell nobody',
    file: ALARMS,
    from: 'treat_missing_data  = "missing"\n  alarm_actions       = var.alarm_actions',
    to: 'treat_missing_data  = "missing"\n  alarm_actions       = []',
    ...inAlarms,
  },
  {
    name: 'the alarm of deployments watches their start',
    file: DEPLOYMENTS,
    from: 'SERVICE_DEPLOYMENT_FAILED',
    to: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
    ...inAlarms,
  },
  {
    name: 'the filter counts under another name than the alarm',
    file: DEPLOYMENTS,
    from: 'namespace           = "pushcart/${var.name}"',
    to: 'namespace           = "pushcart"',
    ...inAlarms,
  },
  {
    name: 'a global table from which nothing arrives elsewhere is no alarm',
    file: REGIONS,
    from: 'FILL(latency, ${local.nothing_arrives}), FILL(latency, 0)',
    to: 'FILL(latency, 0), FILL(latency, 0)',
    ...inAlarms,
  },
  {
    name: 'a minute whose latency is not reported yet is an alarm',
    file: REGIONS,
    from: 'datapoints_to_alarm = 5',
    to: 'datapoints_to_alarm = 1',
    ...inAlarms,
  },
  {
    name: 'copies are late after 30 milliseconds',
    file: REGIONS,
    from: 'var.thresholds.replication_seconds * 1000',
    to: 'var.thresholds.replication_seconds',
    ...inAlarms,
  },
  {
    name: 'the latency of copies to the own region is watched',
    file: REGIONS,
    from: 'ReceivingRegion = each.key',
    to: 'ReceivingRegion = var.region',
    ...inAlarms,
  },
  {
    name: 'contradicting homes are counted by a text that is never logged',
    file: REGIONS,
    from: '"HOME_REGIONS contradicts*',
    to: '"HOME_REGIONS contradict *',
    ...inAlarms,
  },
  {
    name: 'the alarm on contradicting homes ends while they contradict',
    file: REGIONS,
    from: 'evaluation_periods  = 3\n  datapoints_to_alarm = 1',
    to: 'evaluation_periods  = 1\n  datapoints_to_alarm = 1',
    ...inAlarms,
  },
  {
    name: 'the dashboard shows another region',
    file: DASHBOARD,
    from: 'region  = var.region',
    to: 'region  = "us-east-1"',
    ...inAlarms,
  },
  {
    name: 'the columns of the dashboard overlap',
    file: DASHBOARD,
    from: 'x      = column * local.width',
    to: 'x      = column * 6',
    ...inAlarms,
  },
  {
    name: 'all rows of the dashboard lie on one another',
    file: DASHBOARD,
    from: 'y      = row * 6',
    to: 'y      = 0',
    ...inAlarms,
  },
  // Databases
  {
    name: 'one zone in production',
    file: INSTANCE,
    from: 'multi_az                   = var.production',
    to: 'multi_az                   = false',
    ...inDatabases,
  },
  {
    name: 'the backups go with the instance',
    file: INSTANCE,
    from: 'delete_automated_backups   = !var.production',
    to: 'delete_automated_backups   = true',
    ...inDatabases,
  },
  {
    name: 'backups for the minimum of a day',
    file: INSTANCE,
    from: 'backup_retention_period    = var.backup_retention_days',
    to: 'backup_retention_period    = 1',
    ...inDatabases,
  },
  {
    name: 'backups in the window of the maintenance',
    file: INSTANCE,
    from: 'backup_window              = var.backup_window',
    to: 'backup_window              = "06:00-07:00"',
    ...inDatabases,
  },
  {
    name: 'changes of production at once',
    file: INSTANCE,
    from: 'apply_immediately          = !var.production',
    to: 'apply_immediately          = true',
    ...inDatabases,
  },
  {
    name: 'Performance Insights on the key of Amazon',
    file: INSTANCE,
    from: 'performance_insights_kms_key_id = local.insights_key == "none" ? null : local.insights_key',
    to: 'performance_insights_kms_key_id = null',
    ...inDatabases,
  },
  {
    name: 'customer ids in the log of slow statements',
    file: PARAMETERS,
    from: 'log_parameter_max_length          = "0"',
    to: 'log_parameter_max_length          = "-1"',
    ...inDatabases,
  },
  {
    name: 'connections without TLS',
    file: PARAMETERS,
    from: '"rds.force_ssl" = "1"',
    to: '"rds.force_ssl" = "0"',
    ...inDatabases,
  },
  {
    name: 'the service is the master user',
    file: 'modules/rds/login.tf',
    from: 'var.application_role : var.username',
    to: 'var.username : var.username',
    ...inDatabases,
  },
  {
    name: 'an index is limited to one write per second',
    file: TABLE,
    from: 'max_write_request_units = var.max_write_units',
    to: 'max_write_request_units = 1',
    ...inDatabases,
  },
  {
    name: 'no point-in-time recovery',
    file: TABLE,
    from: 'enabled                 = true',
    to: 'enabled                 = false',
    ...inDatabases,
  },
  {
    name: 'the table can be deleted in production',
    file: TABLE,
    from: 'deletion_protection_enabled = var.production',
    to: 'deletion_protection_enabled = false',
    ...inDatabases,
  },
  {
    name: 'the registry keeps one image',
    file: REGISTRY,
    from: 'tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7',
    to: 'tagStatus = "any", countType = "imageCountMoreThan", countNumber = 1',
    ...inDatabases,
  },
  {
    name: 'tags of images can be moved',
    file: REGISTRY,
    from: '"IMMUTABLE"',
    to: '"MUTABLE"',
    ...inDatabases,
  },
  {
    name: 'every branch may take the role of the workflow',
    file: PIPELINE,
    from: ':environment:${var.github_environment}"',
    to: ':ref:refs/heads/*"',
    ...inDatabases,
  },
  {
    name: 'the workflow reads every role of the account',
    file: PIPELINE,
    from: 'role/${var.name}-*"]',
    to: 'role/*"]',
    ...inDatabases,
  },
  // Where infrastructure and service must agree
  {
    name: 'an action that does not exist',
    file: PIPELINE,
    from: '"ecs:DescribeTaskDefinition",',
    to: '"ecs:DescribeTaskDefinitions",',
    by: 'policy both',
  },
  {
    name: 'an action on every table',
    file: 'modules/dynamodb/outputs.tf',
    from: 'Resource = local.table_arn',
    to: 'Resource = "*"',
    by: 'policy dynamodb',
  },
  {
    name: 'the service scans the table',
    file: 'modules/dynamodb/outputs.tf',
    from: '"dynamodb:Query"',
    to: '"dynamodb:Query", "dynamodb:Scan"',
    by: 'policy dynamodb',
  },
  {
    name: 'the service starts before its role exists',
    file: SERVICE,
    from: 'condition = "SUCCESS"',
    to: 'condition = "START"',
    by: 'policy postgres',
  },
  {
    name: 'the endpoint of another region',
    file: 'modules/network/main.tf',
    from: '"arn:${var.partition}:dynamodb:${var.region}:${var.account_id}:table/${var.table_name}",',
    to: '"arn:${var.partition}:dynamodb:${var.region}:${var.account_id}:table/others",',
    by: 'policy dynamodb',
  },
  {
    name: 'the database is open to the private subnets',
    file: 'modules/rds/access.tf',
    from: 'referenced_security_group_id = each.value',
    to: 'cidr_ipv4                    = "10.0.0.0/8"',
    by: 'policy postgres',
  },
  {
    name: 'metrics for Prometheus on no separate port',
    file: 'main.tf',
    from: 'merge({ METRICS_PORT = "9464", ',
    to: 'merge({ ',
    by: 'policy both',
  },
  // A move of carts
  {
    name: 'the tasks of the other store take part in the move',
    file: 'main.tf',
    from: 'store == try(var.move.from, null) ? local.move_environments[var.move.to] : {},',
    to: 'store == try(var.move.to, null) ? local.move_environments[var.move.to] : {},',
    ...inMove,
  },
  {
    name: 'carts move to the store that they are on',
    file: 'main.tf',
    from: 'local.move_environments[var.move.to]',
    to: 'local.move_environments[var.move.from]',
    ...inMove,
  },
  {
    name: 'on the way to the table, its items may be deleted',
    file: 'main.tf',
    from: ': ["dynamodb:Scan"]',
    to: ': ["dynamodb:Scan", "dynamodb:DeleteItem"]',
    ...inMove,
  },
  {
    name: 'on the way from the table, its items may not be deleted',
    file: 'main.tf',
    from: '? ["dynamodb:Scan", "dynamodb:DeleteItem"]',
    to: '? ["dynamodb:Scan"]',
    ...inMove,
  },
  {
    name: 'the rights of a move go to the tasks of the other store',
    file: 'main.tf',
    from: '{ (var.move.from) = jsonencode({',
    to: '{ (var.move.to) = jsonencode({',
    ...inMove,
  },
  {
    name: 'the mover cannot log in to PostgreSQL',
    file: 'main.tf',
    from: 'jsondecode(module.rds[0].task_policy).Statement,',
    to: '[],',
    ...inMove,
  },
  {
    name: 'the mover logs in with a password that it does not have',
    file: 'main.tf',
    from: '{ MOVE_TO_DATABASE_AUTH = "aws-iam" }',
    to: '{ MOVE_TO_DATABASE_AUTH = "password" }',
    ...inMove,
  },
  {
    name: 'the mover does not reach PostgreSQL',
    file: 'main.tf',
    from: 'module.ecs.security_group_ids[try(var.move.from, "postgres")]',
    to: 'module.ecs.security_group_ids["postgres"]',
    ...inMove,
  },
  // Home regions
  {
    name: 'a region takes itself for another one',
    file: 'main.tf',
    from: 'HOME_REGION   = var.region',
    to: 'HOME_REGION   = split("=", var.homes.regions[0])[0]',
    ...inHomes,
  },
  {
    name: 'the order of the regions is lost, so that carts without a mark change their home',
    file: 'main.tf',
    from: 'join(",", var.homes.regions)',
    to: 'join(",", sort(var.homes.regions))',
    ...inHomes,
  },
  {
    name: 'a change of the homes is not noticed',
    file: 'main.tf',
    from: 'tostring(var.homes.version)',
    to: '"1"',
    ...inHomes,
  },
  {
    name: 'the tasks may not change carts in the other region',
    file: 'modules/dynamodb/outputs.tf',
    from: '"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchGetItem"]\n        Resource = arns',
    to: '"dynamodb:BatchGetItem"]\n        Resource = arns',
    ...inHomes,
  },
  {
    name: 'the rights in the other region are on this region’s table',
    file: 'modules/dynamodb/outputs.tf',
    from: 'dynamodb:${region}:${var.account_id}:table/${var.name}"',
    to: 'dynamodb:${var.region}:${var.account_id}:table/${var.name}"',
    ...inHomes,
  },
  {
    name: 'the key of another region is used through this one',
    file: 'modules/dynamodb/outputs.tf',
    from: '"dynamodb.${region}.amazonaws.com"',
    to: '"dynamodb.${var.region}.amazonaws.com"',
    ...inHomes,
  },
  {
    name: 'the region that has a replica does not watch its copies',
    file: 'main.tf',
    from: 'compact([var.dynamodb.replica_of]), local.other_homes',
    to: 'var.homes == null ? local.other_homes : []',
    ...inHomes,
  },
  {
    name: 'nobody watches whether homes contradict',
    file: 'main.tf',
    from: 'var.homes == null ? null : module.ecs.log_group_names["dynamodb"]',
    to: 'var.homes != null ? null : module.ecs.log_group_names["dynamodb"]',
    ...inHomes,
  },
]

/** With their numbers, from 1: those in a range of numbers such as `11-20`, or whose name or file contains the word. */
export function chooseMutations(
  which: string,
): readonly (Mutation & { readonly number: number })[] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(which) ?? []
  return MUTATIONS.map((mutation, i) => ({ ...mutation, number: i + 1 })).filter(
    ({ number, name, file }) =>
      from === undefined
        ? `${name} ${file}`.includes(which)
        : number >= Number(from) && number <= Number(to),
  )
}
