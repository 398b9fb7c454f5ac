import { containers } from '../documents.ts'
import { comparing, every, type Property, unless } from '../property.ts'
import { type Deployment, ofType, text } from '../resources.ts'

/** How long the service keeps an idle connection open (`buildApp`), seconds; a test compares the two. */
export const KEEP_ALIVE_SECONDS = 72

const listener = (deployment: Deployment, port: number) =>
  ofType(deployment, 'aws_lb_listener').find(({ values }) => values.port === port)

const targetGroup = (deployment: Deployment, store: string) =>
  ofType(deployment, 'aws_lb_target_group').find(({ index }) => index === store)

/** Whether the listener on a port forwards to the target group of a store. */
function forwards(deployment: Deployment, port: number, store: string): boolean {
  const group = text(targetGroup(deployment, store), 'arn')
  const target = text(listener(deployment, port), 'default_action.0.target_group_arn')
  return group !== '' && target === group
}

const drainMs = (deployment: Deployment) =>
  Math.max(...containers(deployment).map(({ environment }) => Number(environment.DRAIN_TIMEOUT_MS)))

export const LOAD_BALANCER: readonly Property[] = [
  {
    name: 'load balancer: 443 forwards to the active store',
    problems: (deployment) => unless(forwards(deployment, 443, deployment.active), 'port 443'),
  },
  {
    name: 'load balancer: 8443 forwards to PostgreSQL, 9443 to DynamoDB',
    when: comparing,
    problems: (deployment) => [
      ...unless(forwards(deployment, 8443, 'postgres'), 'port 8443'),
      ...unless(forwards(deployment, 9443, 'dynamodb'), 'port 9443'),
    ],
  },
  {
    name: 'load balancer: checks liveness, because ECS replaces what fails the check',
    problems: every(
      'aws_lb_target_group',
      (group) =>
        text(group, 'health_check.0.path') === '/health/live' &&
        text(group, 'health_check.0.matcher') === '200',
    ),
  },
  {
    name: 'load balancer: deregistration takes at least as long as the drain',
    problems: every(
      'aws_lb_target_group',
      (group, deployment) =>
        Number(group.values.deregistration_delay) * 1000 >= drainMs(deployment),
    ),
  },
  {
    name: 'load balancer: closes idle connections before the service does',
    problems: every('aws_lb', ({ values }) => Number(values.idle_timeout) < KEEP_ALIVE_SECONDS),
  },
  {
    name: 'load balancer: /metrics is not public',
    problems: (deployment) => {
      const closed = ofType(deployment, 'aws_lb_listener_rule')
        .filter((rule) => text(rule, 'action.0.fixed_response.0.status_code') === '404')
        .filter(({ values }) => JSON.stringify(values.condition).includes('"/metrics"'))
        .map(({ index }) => index)
      return ofType(deployment, 'aws_lb_listener')
        .filter(({ values, index }) => values.protocol === 'HTTPS' && !closed.includes(index))
        .map(({ address }) => address)
    },
  },
]
