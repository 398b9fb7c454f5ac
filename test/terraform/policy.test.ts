import { describe, expect, it } from 'vitest'
import { applying, PROPERTIES, violations } from '../../scripts/terraform/policy.ts'
import type { Deployment } from '../../scripts/terraform/resources.ts'
import { changed, mockedDeployment, rewritten, without, withResource } from './deployment.ts'

type Break = (deployment: Deployment) => Deployment

const set =
  (address: RegExp, path: string, value: unknown): Break =>
  (deployment) =>
    changed(deployment, address, path, value)
const rewrite =
  (address: RegExp, attribute: string, from: string | RegExp, to: string): Break =>
  (deployment) =>
    rewritten(deployment, address, attribute, from, to)
const remove =
  (address: RegExp): Break =>
  (deployment) =>
    without(deployment, address)
const container = (from: string | RegExp, to: string, store = '\\w+'): Break =>
  rewrite(new RegExp(`task_definition.service\\["${store}"`), 'container_definitions', from, to)
const policy = (address: RegExp, from: string | RegExp, to: string) =>
  rewrite(address, 'policy', from, to)
const dashboard = (from: string | RegExp, to: string) =>
  rewrite(/dashboard/, 'dashboard_body', from, to)

const SUBNET = /aws_subnet\./
const LISTENERS = /listener\.https/
const BALANCER = /aws_lb\.this/
const GROUPS = /target_group/
const SERVICE = /aws_ecs_service/
const TASK = /aws_ecs_task_definition/
const EXECUTION = /role_policy.execution\["postgres"\]/
const DEPLOY = /cicd.*role\.deploy/
const INSTANCE = /aws_db_instance/
const TABLE = /aws_dynamodb_table/
const REPOSITORY = /aws_ecr_repository\./

/** For every property one mistake that it, at least, must notice. */
const MISTAKES: Readonly<Record<string, Break>> = {
  'network: every kind of subnet in two zones or more': set(
    SUBNET,
    'availability_zone',
    'us-east-1a',
  ),
  'network: subnets do not overlap': set(/subnet.private\[/, 'cidr_block', '10.40.0.0/18'),
  'network: no subnet hands out public addresses': set(SUBNET, 'map_public_ip_on_launch', true),
  'network: database subnets have no route out': (deployment) => {
    const table = deployment.resources.find(({ address }) =>
      address.endsWith('aws_route_table.database'),
    )
    return changed(deployment, /aws_route\.public/, 'route_table_id', table?.values.id)
  },
  'network: private subnets go out by NAT only': set(
    /aws_route\.private/,
    'nat_gateway_id',
    'igw-1',
  ),
  'network: NAT gateways stand in public subnets': set(
    /aws_nat_gateway/,
    'subnet_id',
    'subnet-private',
  ),
  'network: the default security group allows nothing': set(/default_security_group/, 'ingress', [
    { protocol: '-1' },
  ]),
  'network: gateway endpoints for S3 and DynamoDB in the private routes': set(
    /vpc_endpoint\.s3/,
    'route_table_ids',
    [],
  ),
  'network: the S3 endpoint only reads image layers': policy(
    /vpc_endpoint\.s3/,
    's3:GetObject',
    's3:*',
  ),
  'network: the DynamoDB endpoint names the table': policy(
    /vpc_endpoint\.dynamodb/,
    /:table\/[\w-]+"/,
    ':table/*"',
  ),
  'network: flow logs of all traffic': set(/flow_log\./, 'traffic_type', 'REJECT'),
  'network: only the load balancer, and endpoints within the VPC, take calls by address': set(
    /rds.*ingress_rule/,
    'cidr_ipv4',
    '0.0.0.0/0',
  ),
  'network: the fixed ports are not open to everybody': set(
    /ingress_rule.this\["8443/,
    'cidr_ipv4',
    '0.0.0.0/0',
  ),
  'reach: clients get to every listener': remove(/ingress_rule.this\["8443/),
  'reach: the load balancer gets to the tasks': remove(/load_balancer_to_task\["dynamodb"\]/),
  'reach: the tasks get to AWS, by NAT or by endpoints': remove(/aws_route\.private\[/),
  'reach: the endpoint of DynamoDB lets through all that the task may do': policy(
    /vpc_endpoint\.dynamodb/,
    '"dynamodb:BatchGetItem",',
    '',
  ),
  'reach: the tasks on PostgreSQL get to it': remove(/egress_rule.tasks_to_database/),
  'load balancer: HTTPS by a known policy of TLS 1.2 or newer': set(
    LISTENERS,
    'ssl_policy',
    'ELBSecurityPolicy-TLS13-1-2-2021-07',
  ),
  'load balancer: every HTTPS listener has a certificate': set(LISTENERS, 'certificate_arn', null),
  'load balancer: port 80 only redirects to HTTPS': set(
    /listener\.redirect/,
    'default_action.0.type',
    'forward',
  ),
  'load balancer: 443 leads to the active store': (deployment) => ({
    ...deployment,
    active: 'dynamodb',
  }),
  'load balancer: 8443 leads to PostgreSQL, 9443 to DynamoDB': set(
    /listener.https\["postgres"\]/,
    'port',
    9443,
  ),
  'load balancer: invalid headers are dropped': set(BALANCER, 'drop_invalid_header_fields', false),
  'load balancer: strictest desync mode': set(BALANCER, 'desync_mitigation_mode', 'defensive'),
  'load balancer: access logs, into a bucket that lets them in': policy(
    /bucket_policy.logs/,
    'logdelivery.elasticloadbalancing',
    'delivery.logs',
  ),
  'load balancer: the log bucket is private': set(
    /public_access_block/,
    'restrict_public_buckets',
    false,
  ),
  'load balancer: the log bucket is encrypted by a key of S3, and reached by TLS only': set(
    /server_side_encryption_configuration/,
    'rule.0.apply_server_side_encryption_by_default.0.sse_algorithm',
    'aws:kms',
  ),
  'load balancer: logs expire': set(/lifecycle_configuration/, 'rule.0.status', 'Disabled'),
  'load balancer: health is what /health/ready says': set(
    GROUPS,
    'health_check.0.path',
    '/health/live',
  ),
  'load balancer: deregistration is not shorter than the drain': set(
    GROUPS,
    'deregistration_delay',
    '19',
  ),
  'load balancer: gives up idle connections before the service does': set(
    BALANCER,
    'idle_timeout',
    72,
  ),
  'load balancer: /metrics is not public': remove(/listener_rule.metrics\["dynamodb"\]/),
  'load balancer: protected from deletion in production': set(
    BALANCER,
    'enable_deletion_protection',
    false,
  ),
  'load balancer: names fit into 32 characters': set(GROUPS, 'name', 'p'.repeat(33)),
  'tasks: one service per store': remove(/aws_ecs_service.this\["dynamodb"\]/),
  'tasks: Fargate on ARM': set(TASK, 'runtime_platform.0.cpu_architecture', 'X86_64'),
  'tasks: sizes that Fargate has': set(TASK, 'memory', '2000'),
  'tasks: the root file system is read-only': container(
    '"readonlyRootFilesystem":true',
    '"readonlyRootFilesystem":false',
  ),
  'tasks: not root': container('"user":"1000:1000"', '"user":"0:0"'),
  'tasks: all capabilities dropped': container('"drop":["ALL"]', '"drop":["NET_RAW"]'),
  'tasks: an init process, and a health check that leaves the database alone': container(
    '/health/live',
    '/health/ready',
  ),
  'tasks: no public address, private subnets': set(
    SERVICE,
    'network_configuration.0.assign_public_ip',
    true,
  ),
  'tasks: called by the load balancer only': set(
    /ingress_rule.from_load_balancer/,
    'referenced_security_group_id',
    'sg-else',
  ),
  'tasks: names and ports of container, service and target group match': set(
    SERVICE,
    'load_balancer.0.container_name',
    'app',
  ),
  'tasks: the image is named by a tag that stays': container(/:3f2c1a9"/, ':latest"'),
  'tasks: both services run the same image': container(/:3f2c1a9"/, ':0000000"', 'postgres'),
  'tasks: settings are ones that the service takes': container(
    'DRAIN_TIMEOUT_MS',
    'DRAIN_TIMEOUT_SECONDS',
  ),
  'tasks: each knows its own store': container(
    '"value":"postgres"',
    '"value":"dynamodb"',
    'postgres',
  ),
  'tasks: the service listens where the load balancer calls, and trusts it alone': container(
    '"0.0.0.0"',
    '"127.0.0.1"',
  ),
  'tasks: no secret in the environment': container(
    'postgres://pushcart@',
    'postgres://pushcart:hunter2@',
    'postgres',
  ),
  'tasks: secrets come from Secrets Manager': container(':password::', ':username::', 'postgres'),
  'tasks: the database is reached by TLS with its name checked': container(
    'sslmode=verify-full',
    'sslmode=require',
    'postgres',
  ),
  'tasks: killed only after the drain': container('"stopTimeout":30', '"stopTimeout":20'),
  'tasks: logs go to a group of their own': container(
    '/pushcart-prod/postgres',
    '/none',
    'postgres',
  ),
  'tasks: every log group forgets': set(/log_group.flow/, 'retention_in_days', 0),
  'tasks: container insights': set(/ecs_cluster/, 'setting.0.value', 'disabled'),
  'tasks: a deployment that fails is rolled back': set(
    SERVICE,
    'deployment_circuit_breaker.0.rollback',
    false,
  ),
  'tasks: the revision before stays, to be rolled back to': set(TASK, 'skip_destroy', false),
  'tasks: health does not count before they can have started': set(
    SERVICE,
    'health_check_grace_period_seconds',
    0,
  ),
  'tasks: nobody gets a shell in them': set(SERVICE, 'enable_execute_command', true),
  'tasks: scaled by CPU': remove(/appautoscaling_policy.cpu/),
  'tasks: scaled by requests per target, of their own target group': (deployment) => {
    const other = deployment.resources.find(({ address }) =>
      address.endsWith('appautoscaling_policy.requests["dynamodb"]'),
    )
    return changed(
      deployment,
      /policy.requests\["postgres"\]/,
      'target_tracking_scaling_policy_configuration',
      other?.values.target_tracking_scaling_policy_configuration,
    )
  },
  'tasks: scaled between sensible bounds': set(/appautoscaling_target/, 'min_capacity', 1),
  'tasks: replaced after the password was rotated': set(
    /scheduler_schedule/,
    'schedule_expression',
    'cron(30 4 ? * 1#1 *)',
  ),
  'rights: every action exists': policy(EXECUTION, 'logs:PutLogEvents', 'logs:PutLogEvent'),
  'rights: no action by wildcard': policy(EXECUTION, 'logs:PutLogEvents', 'logs:*'),
  'rights: everything on named resources, unless an action knows none': policy(
    /role_policy.task\["dynamodb"\]/,
    /"Resource":"[^"]*"/,
    '"Resource":"*"',
  ),
  'rights: roles are taken by one service each, of this account': rewrite(
    /aws_iam_role.task/,
    'assume_role_policy',
    '"Service":"ecs-tasks.amazonaws.com"',
    '"AWS":"*"',
  ),
  'rights: a task role and an execution role per store': remove(/aws_iam_role.execution\["/),
  'rights: the task on PostgreSQL has none': (deployment) => {
    const granted = deployment.resources.find(({ address }) =>
      address.endsWith('aws_iam_role_policy.task["dynamodb"]'),
    )
    if (granted === undefined) throw new Error('no policy of the DynamoDB task')
    return withResource(deployment, {
      ...granted,
      address: granted.address.replace('dynamodb', 'postgres'),
    })
  },
  'rights: the task on DynamoDB does what the service does, on its table': policy(
    /role_policy.task\["dynamodb"\]/,
    '"dynamodb:Query"',
    '"dynamodb:Query","dynamodb:Scan"',
  ),
  'rights: only the start of PostgreSQL tasks reads a secret, and that one only': policy(
    EXECUTION,
    /arn:aws:secretsmanager:[^"]*/,
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:*',
  ),
  'rights: tasks pull from their repository only': policy(
    EXECUTION,
    /arn:aws:ecr:[^"]*/,
    'arn:aws:ecr:us-east-1:123456789012:repository/*',
  ),
  'rights: tasks may be started: image, log, key of the secret': policy(
    EXECUTION,
    'kms:Decrypt',
    'kms:DescribeKey',
  ),
  "rights: the task on DynamoDB may use the table's key": policy(
    /role_policy.task\["dynamodb"\]/,
    '"kms:GenerateDataKey",',
    '',
  ),
  'rights: flow logs may be written': policy(
    /role_policy.flow/,
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
  ),
  'rights: the replacement of tasks touches its own service only': policy(
    /role_policy.redeploy/,
    /"Resource":"[^"]*"/,
    '"Resource":"arn:aws:ecs:us-east-1:123456789012:service/pushcart-prod/*"',
  ),
  'rights: no users, no access keys': (deployment) =>
    withResource(deployment, {
      address: 'aws_iam_access_key.deploy',
      type: 'aws_iam_access_key',
      values: {},
    }),
  'rights: no policies that somebody else may change': (deployment) =>
    withResource(deployment, {
      address: 'aws_iam_role_policy_attachment.admin',
      type: 'aws_iam_role_policy_attachment',
      values: {},
    }),
  'delivery: the role is pinned to one repository and environment': rewrite(
    DEPLOY,
    'assume_role_policy',
    ':environment:prod',
    ':*',
  ),
  'delivery: the role writes images and nothing else': policy(
    /role_policy.plan/,
    'sts:GetCallerIdentity',
    'ecs:UpdateService',
  ),
  'delivery: image tags cannot be moved': set(REPOSITORY, 'image_tag_mutability', 'MUTABLE'),
  'delivery: images are scanned when pushed': set(
    REPOSITORY,
    'image_scanning_configuration.0.scan_on_push',
    false,
  ),
  'delivery: old images go, the newest stay': policy(/ecr_lifecycle/, 'imageCountMoreThan', 'none'),
  'postgres: encrypted': set(INSTANCE, 'storage_encrypted', false),
  'postgres: no public address, isolated subnets': set(INSTANCE, 'publicly_accessible', true),
  'postgres: TLS is forced': set(/parameter_group/, 'parameter', [
    { name: 'rds.force_ssl', value: '0' },
  ]),
  'postgres: the password is kept by RDS, not in the state': set(INSTANCE, 'password', 'hunter2'),
  'postgres: two zones in production': set(INSTANCE, 'multi_az', false),
  'postgres: protected from deletion in production': set(INSTANCE, 'deletion_protection', false),
  'postgres: a final snapshot in production': set(INSTANCE, 'skip_final_snapshot', true),
  'postgres: backups, for a week in production': set(INSTANCE, 'backup_retention_period', 6),
  // A week has an end: this window goes on after Sunday midnight.
  'postgres: backup and maintenance never overlap': set(
    INSTANCE,
    'maintenance_window',
    'sun:23:30-mon:02:30',
  ),
  'postgres: logs are exported': set(INSTANCE, 'enabled_cloudwatch_logs_exports', []),
  'postgres: exported logs have groups with an end': remove(/log_group.export\["upgrade"\]/),
  'postgres: connections enough for twice the tasks': set(
    /appautoscaling_target/,
    'max_capacity',
    10,
  ),
  'postgres: no more connections than the memory bears': set(
    INSTANCE,
    'instance_class',
    'db.t4g.micro',
  ),
  'postgres: reached by its tasks only': set(/rds.*ingress_rule/, 'from_port', 0),
  'dynamodb: the table is the one that the service makes': set(
    TABLE,
    'global_secondary_index.0.projection_type',
    'ALL',
  ),
  'dynamodb: the service is told the name of the table': set(TABLE, 'name', 'other'),
  'dynamodb: TTL': set(TABLE, 'ttl.0.enabled', false),
  'dynamodb: point-in-time recovery': set(TABLE, 'point_in_time_recovery.0.enabled', false),
  'dynamodb: encrypted by a key of KMS': set(TABLE, 'server_side_encryption.0.enabled', false),
  'dynamodb: on demand, with a cap on the table and every index': set(
    TABLE,
    'global_secondary_index.0.on_demand_throughput',
    [],
  ),
  'dynamodb: protected from deletion in production': set(
    TABLE,
    'deletion_protection_enabled',
    false,
  ),
  'alarms: server errors of the service, per store': remove(/alarm.target\["dynamodb-5xx"\]/),
  'alarms: server errors of the load balancer': remove(/alarm.load_balancer_5xx/),
  'alarms: latency at the 99th percentile, per store': set(
    /alarm.target\["postgres-p99"\]/,
    'extended_statistic',
    'p50',
  ),
  'alarms: tasks that are not ready, per store': remove(/alarm.target\["postgres-unhealthy"\]/),
  'alarms: throttles of the table and its indexes': remove(/alarm.throttles\["customer-orders"\]/),
  'alarms: TTL backlog': remove(/alarm.ttl_backlog/),
  'alarms: CPU, storage and connections of the database': remove(/alarm.database\["storage"\]/),
  'alarms: connections before they run out': set(
    /alarm.database\["connections"\]/,
    'threshold',
    200,
  ),
  'alarms: about what is deployed': set(
    /alarm.target\["postgres-5xx"\]/,
    'dimensions.LoadBalancer',
    'app/other/1',
  ),
  'alarms: seven days at most': set(/alarm.ttl_backlog/, 'evaluation_periods', 8),
  'alarms: somebody is told in production': set(/metric_alarm/, 'alarm_actions', []),
  'dashboard: there is one': remove(/dashboard/),
  'dashboard: both stores side by side, row by row': dashboard('DynamoDB: tasks', 'Tasks'),
  'dashboard: nothing overlaps or sticks out': dashboard(/"width":12/, '"width":13'),
}

const names = PROPERTIES.map(({ name }) => name)
const deployment = mockedDeployment()

describe('the policy', () => {
  it('holds of both stores in production', () => {
    expect(violations(deployment)).toEqual([])
  })

  it('applies in full to both stores in production, and has a mistake for each property', () => {
    expect(applying(deployment)).toHaveLength(PROPERTIES.length)
    expect(Object.keys(MISTAKES)).toEqual(names)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(Object.entries(MISTAKES))('notices a mistake: %s', (name, mistake) => {
    const found = violations(mistake(deployment)).map(({ property }) => property)
    expect(found).toContain(name)
  })
})
