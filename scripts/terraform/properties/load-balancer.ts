import { containers, statements } from '../documents.ts'
import { all, comparing, every, inProduction, type Property, unless } from '../property.ts'
import { at, type Deployment, find, list, ofType, type Resource, text } from '../resources.ts'

/** The keep-alive of the service's own connections (src/http/app.ts), seconds. */
const SERVICE_KEEP_ALIVE = 72

/** Security policies of TLS 1.2 or newer that have forward secrecy in every cipher. */
const TLS_POLICIES = [
  'ELBSecurityPolicy-TLS13-1-2-2021-06',
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  'ELBSecurityPolicy-TLS13-1-3-2021-06',
  'ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04',
  'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04',
  'ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04',
]

const https = (deployment: Deployment) =>
  ofType(deployment, 'aws_lb_listener').filter((each) => text(each, 'protocol') === 'HTTPS')

const targetGroup = (deployment: Deployment, store: string) =>
  ofType(deployment, 'aws_lb_target_group').find(({ index }) => index === store)

/** Whether the listener on that port forwards to the store's target group. */
function leadsTo(deployment: Deployment, port: number, store: string): boolean {
  const listener = https(deployment).find(({ values }) => values.port === port)
  const arn = text(targetGroup(deployment, store), 'arn')
  return (
    arn !== '' &&
    text(listener, 'default_action.0.type') === 'forward' &&
    text(listener, 'default_action.0.target_group_arn') === arn
  )
}

const drainMs = (deployment: Deployment) =>
  Math.max(...containers(deployment).map(({ environment }) => Number(environment.DRAIN_TIMEOUT_MS)))

const addressOf = ({ address }: Resource) => address

export const LOAD_BALANCER: readonly Property[] = [
  {
    name: 'load balancer: HTTPS by a known policy of TLS 1.2 or newer',
    problems: (deployment) =>
      all(
        'HTTPS listener',
        https(deployment),
        (listener) => TLS_POLICIES.includes(text(listener, 'ssl_policy')),
        addressOf,
      ),
  },
  {
    name: 'load balancer: every HTTPS listener has a certificate',
    problems: (deployment) =>
      all(
        'HTTPS listener',
        https(deployment),
        (listener) => text(listener, 'certificate_arn').startsWith('arn:aws:acm:'),
        addressOf,
      ),
  },
  {
    name: 'load balancer: port 80 only redirects to HTTPS',
    problems: (deployment) =>
      all(
        'listener without TLS',
        ofType(deployment, 'aws_lb_listener').filter((each) => text(each, 'protocol') !== 'HTTPS'),
        (listener) =>
          listener.values.port === 80 &&
          text(listener, 'default_action.0.type') === 'redirect' &&
          text(listener, 'default_action.0.redirect.0.protocol') === 'HTTPS' &&
          text(listener, 'default_action.0.redirect.0.port') === '443',
        addressOf,
      ),
  },
  {
    name: 'load balancer: 443 leads to the active store',
    problems: (deployment) => unless(leadsTo(deployment, 443, deployment.active), 'port 443'),
  },
  {
    name: 'load balancer: 8443 leads to PostgreSQL, 9443 to DynamoDB',
    when: comparing,
    problems: (deployment) => [
      ...unless(leadsTo(deployment, 8443, 'postgres'), 'port 8443'),
      ...unless(leadsTo(deployment, 9443, 'dynamodb'), 'port 9443'),
    ],
  },
  {
    name: 'load balancer: invalid headers are dropped',
    problems: every('aws_lb', ({ values }) => values.drop_invalid_header_fields === true),
  },
  {
    name: 'load balancer: strictest desync mode',
    problems: every('aws_lb', ({ values }) => values.desync_mitigation_mode === 'strictest'),
  },
  {
    name: 'load balancer: access logs, into a bucket that lets them in',
    problems: (deployment) => {
      const bucket = find(deployment, 'aws_s3_bucket', 'alb.aws_s3_bucket.logs')
      const lets = statements(deployment, 'aws_s3_bucket_policy').some(
        ({ effect, actions, principal, owner, condition }) =>
          effect === 'Allow' &&
          actions.includes('s3:PutObject') &&
          at(principal, 'Service') === 'logdelivery.elasticloadbalancing.amazonaws.com' &&
          at(condition, 'ArnLike') !== undefined &&
          text(owner, 'bucket') === text(bucket, 'id'),
      )
      return [
        ...every(
          'aws_lb',
          ({ values }) =>
            at(values, 'access_logs.0.enabled') === true &&
            at(values, 'access_logs.0.bucket') === bucket?.values.id,
        )(deployment),
        ...unless(lets, 'the policy of the bucket'),
      ]
    },
  },
  {
    name: 'load balancer: the log bucket is private',
    problems: every('aws_s3_bucket_public_access_block', ({ values }) =>
      [
        'block_public_acls',
        'block_public_policy',
        'ignore_public_acls',
        'restrict_public_buckets',
      ].every((setting) => values[setting] === true),
    ),
  },
  {
    name: 'load balancer: the log bucket is encrypted by a key of S3, and reached by TLS only',
    problems: (deployment) => [
      ...every(
        'aws_s3_bucket_server_side_encryption_configuration',
        (resource) =>
          text(resource, 'rule.0.apply_server_side_encryption_by_default.0.sse_algorithm') ===
          'AES256',
      )(deployment),
      ...unless(
        statements(deployment, 'aws_s3_bucket_policy').some(
          ({ effect, actions, condition }) =>
            effect === 'Deny' &&
            actions.includes('s3:*') &&
            at(at(condition, 'Bool'), 'aws:SecureTransport') === 'false',
        ),
        'TLS',
      ),
    ],
  },
  {
    name: 'load balancer: logs expire',
    problems: every('aws_s3_bucket_lifecycle_configuration', ({ values }) =>
      list(values, 'rule').some(
        (rule) => at(rule, 'status') === 'Enabled' && Number(at(rule, 'expiration.0.days')) > 0,
      ),
    ),
  },
  {
    name: 'load balancer: health is what /health/ready says',
    problems: every(
      'aws_lb_target_group',
      (group) =>
        text(group, 'health_check.0.path') === '/health/ready' &&
        text(group, 'health_check.0.matcher') === '200',
    ),
  },
  {
    name: 'load balancer: deregistration is not shorter than the drain',
    problems: every(
      'aws_lb_target_group',
      (group, deployment) =>
        Number(group.values.deregistration_delay) * 1000 >= drainMs(deployment),
    ),
  },
  {
    name: 'load balancer: gives up idle connections before the service does',
    problems: every('aws_lb', ({ values }) => Number(values.idle_timeout) < SERVICE_KEEP_ALIVE),
  },
  {
    name: 'load balancer: /metrics is not public',
    problems: (deployment) => {
      const rules = ofType(deployment, 'aws_lb_listener_rule').filter(
        (rule) =>
          text(rule, 'action.0.fixed_response.0.status_code') === '404' &&
          JSON.stringify(rule.values.condition).includes('"/metrics"'),
      )
      return https(deployment)
        .filter(({ index }) => !rules.some((rule) => rule.index === index))
        .map(addressOf)
    },
  },
  {
    name: 'load balancer: protected from deletion in production',
    when: inProduction,
    problems: every('aws_lb', ({ values }) => values.enable_deletion_protection === true),
  },
  {
    name: 'load balancer: names fit into 32 characters',
    problems: (deployment) =>
      [...ofType(deployment, 'aws_lb'), ...ofType(deployment, 'aws_lb_target_group')]
        .filter((resource) => !/^[a-zA-Z0-9-]{1,32}$/.test(text(resource, 'name')))
        .map(addressOf),
  },
]
