import { describe, expect, it } from 'vitest'
import { applying, PROPERTIES, violations } from '../../scripts/terraform/policy.ts'
import { KEEP_ALIVE_SECONDS } from '../../scripts/terraform/properties/load-balancer.ts'
import type { Deployment } from '../../scripts/terraform/resources.ts'
import { makeApp } from '../support/app.ts'
import { changed, mockedDeployment, rewritten, without } from './deployment.ts'

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

const TARGET_GROUP = /target_group/
const SERVICE = /aws_ecs_service/
const EXECUTION = /role_policy.execution\["postgres"\]/
const TABLE = /aws_dynamodb_table/

/** For each property a mistake that violates it. */
const MISTAKES: Readonly<Record<string, Break>> = {
  'reach: clients reach every listener': remove(/ingress_rule.this\["8443/),
  'reach: the load balancer reaches the port of the tasks, and nobody else does': set(
    /ingress_rule.from_load_balancer/,
    'referenced_security_group_id',
    'sg-else',
  ),
  'reach: tasks on PostgreSQL reach the database, and nobody else does': remove(
    /egress_rule.tasks_to_database/,
  ),
  'reach: tasks reach AWS by NAT or by endpoints': remove(/aws_route\.private\[/),
  'reach: the endpoint of DynamoDB allows what the task may do, on its table only': policy(
    /vpc_endpoint\.dynamodb/,
    '"dynamodb:BatchGetItem",',
    '',
  ),
  'load balancer: 443 forwards to the active store': (deployment) => ({
    ...deployment,
    active: 'dynamodb',
  }),
  'load balancer: 8443 forwards to PostgreSQL, 9443 to DynamoDB': set(
    /listener.https\["postgres"\]/,
    'port',
    9443,
  ),
  'load balancer: checks liveness, because ECS replaces what fails the check': set(
    TARGET_GROUP,
    'health_check.0.path',
    '/health/ready',
  ),
  'load balancer: deregistration takes at least as long as the drain': set(
    TARGET_GROUP,
    'deregistration_delay',
    '19',
  ),
  'load balancer: closes idle connections before the service does': set(
    /aws_lb\.this/,
    'idle_timeout',
    72,
  ),
  'load balancer: /metrics is not public': remove(/listener_rule.metrics\["dynamodb"\]/),
  'tasks: one service per store': remove(/aws_ecs_service.this\["dynamodb"\]/),
  'tasks: settings are ones that the service accepts': container(
    'DRAIN_TIMEOUT_MS',
    'DRAIN_TIMEOUT_SECONDS',
  ),
  'tasks: the command has only options of the service': container(
    '"command":["--migrate"]',
    '"command":["serve","--migrate"]',
    'postgres',
  ),
  'tasks: each has the settings of its store only': container(
    '"value":"postgres"',
    '"value":"dynamodb"',
    'postgres',
  ),
  'tasks: the service listens where the load balancer connects, and trusts one proxy': container(
    '"0.0.0.0"',
    '"127.0.0.1"',
  ),
  'tasks: /metrics has a port that the load balancer does not reach': container(
    '"name":"METRICS_PORT","value":"9464"',
    '"name":"METRICS_PORT","value":"8080"',
  ),
  'tasks: names and ports of container, service and target group match': set(
    SERVICE,
    'load_balancer.0.container_name',
    'app',
  ),
  'tasks: restarted by /health/live': container('/health/live', '/health/ready'),
  'tasks: killed only after the drain': container('"stopTimeout":30', '"stopTimeout":20'),
  'tasks: the previous revision stays, so that a rollback can start it': set(
    /aws_ecs_task_definition/,
    'skip_destroy',
    false,
  ),
  'tasks: the service needs no restart when a password is rotated: it has none, or reads it for each connection':
    container('DATABASE_AUTH', 'DATABASE_OTHER', 'postgres'),
  'tasks: before the service, a container with the password of the master user creates its role':
    container('"condition":"SUCCESS"', '"condition":"START"', 'postgres'),
  'tasks: connect to PostgreSQL by TLS and verify the host name': container(
    'sslmode=verify-full',
    'sslmode=require',
    'postgres',
  ),
  'rights: the task on PostgreSQL may log in as its role, or read its secret, and nothing else':
    policy(/role_policy.task\["postgres"\]/, '/pushcart_app', '/*'),
  'rights: the task on DynamoDB may make the requests of the service, on its table only': policy(
    /role_policy.task\["dynamodb"\]/,
    '"dynamodb:Query"',
    '"dynamodb:Query","dynamodb:Scan"',
  ),
  'rights: the task on DynamoDB may use the key of its table': policy(
    /role_policy.task\["dynamodb"\]/,
    '"kms:GenerateDataKey",',
    '',
  ),
  'rights: ECS may start a task: image, log, secret and its key': policy(
    EXECUTION,
    'secretsmanager:GetSecretValue',
    'secretsmanager:DescribeSecret',
  ),
  'rights: only one environment of one repository may take the role of the workflow': rewrite(
    /cicd.*role\.deploy/,
    'assume_role_policy',
    ':environment:prod',
    ':*',
  ),
  'postgres: the log of slow statements and errors holds no values': set(
    /aws_db_parameter_group/,
    'parameter.2.value',
    '-1',
  ),
  'postgres: enough connections for a deployment': set(/appautoscaling_target/, 'max_capacity', 10),
  'postgres: no more connections than the memory allows': set(
    /aws_db_instance/,
    'instance_class',
    'db.t4g.micro',
  ),
  'postgres: an alarm before connections run out': set(
    /alarm.database\["connections"\]/,
    'threshold',
    200,
  ),
  'dynamodb: the table is the one that the service creates': set(
    TABLE,
    'global_secondary_index.0.projection_type',
    'ALL',
  ),
  'dynamodb: the service has the name of the table': set(TABLE, 'name', 'other'),
  'dynamodb: alarms on throttles of the table and of each index that the service queries': remove(
    /alarm.throttles\["customer-orders"\]/,
  ),
}

/** Further mistakes, by the property that must be violated. */
const MORE: readonly (readonly [property: string, mistake: Break])[] = [
  [
    'reach: tasks on PostgreSQL reach the database, and nobody else does',
    set(/rds.*ingress_rule/, 'referenced_security_group_id', 'sg-else'),
  ],
  [
    'reach: the endpoint of DynamoDB allows what the task may do, on its table only',
    policy(/vpc_endpoint\.dynamodb/, /:table\/[\w-]+"/, ':table/*"'),
  ],
  [
    'rights: ECS may start a task: image, log, secret and its key',
    policy(EXECUTION, 'kms:Decrypt', 'kms:DescribeKey'),
  ],
]

const names = PROPERTIES.map(({ name }) => name)
const deployment = mockedDeployment()

describe('policy', () => {
  it('holds for both stores in production', () => {
    expect(violations(deployment)).toEqual([])
  })

  it('applies in full to both stores in production, and has a mistake for each property', () => {
    expect(applying(deployment)).toHaveLength(PROPERTIES.length)
    expect(Object.keys(MISTAKES).sort()).toEqual(names.sort())
    expect(new Set(names).size).toBe(names.length)
  })

  it.each([...Object.entries(MISTAKES), ...MORE])('finds a mistake: %s', (name, mistake) => {
    const found = violations(mistake(deployment)).map(({ property }) => property)
    expect(found).toContain(name)
  })

  it('assumes the keep-alive that the service has', () => {
    expect(makeApp().app.server.keepAliveTimeout).toBe(KEEP_ALIVE_SECONDS * 1000)
  })
})
