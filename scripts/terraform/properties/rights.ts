import { isDeepStrictEqual } from 'node:util'
import type { Operations } from '../../../src/store/dynamodb/transport.ts'
import { type Statement, statements } from '../documents.ts'
import { KNOWN_ACTIONS, needsNoResource } from '../iam-actions.ts'
import { every, onDynamodb, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, find, ofType, text } from '../resources.ts'

const ROLE = 'aws_iam_role'
const POLICY = 'aws_iam_role_policy'

const allows = (deployment: Deployment) =>
  statements(deployment).filter(({ effect }) => effect === 'Allow')

const addresses = (found: readonly Statement[]) => [
  ...new Set(found.map(({ owner }) => owner.address)),
]

const policyOf = (deployment: Deployment, name: string, store: string) =>
  statements(deployment, POLICY).filter(({ owner }) =>
    owner.address.endsWith(`aws_iam_role_policy.${name}["${store}"]`),
  )

/** Where the operations of the store go; the compiler asks for every one that there is. */
const OPERATIONS: Readonly<Record<keyof Operations, 'table' | 'indexes'>> = {
  BatchGetItem: 'table',
  GetItem: 'table',
  PutItem: 'table',
  Query: 'indexes',
  UpdateItem: 'table',
}

const actionsOn = (where: 'table' | 'indexes') =>
  Object.entries(OPERATIONS)
    .filter(([, place]) => place === where)
    .map(([operation]) => `dynamodb:${operation}`)

/** With what the service looks at the table when it starts. */
const TABLE_ACTIONS = [...actionsOn('table'), 'dynamodb:DescribeTable'].sort()

const PULL_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
]
const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents']

/** What DynamoDB does with a customer's key in the caller's name, as its guide lists it; grants are for who makes the table. */
const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
]

/** Whether one of the statements allows an action on exactly that resource. */
const granted = (found: readonly Statement[]) => (action: string, resource: string) =>
  found.some(
    ({ effect, actions, resources }) =>
      effect === 'Allow' && actions.includes(action) && resources.includes(resource),
  )

const logGroup = (deployment: Deployment, addressEnd: string) =>
  find(deployment, 'aws_cloudwatch_log_group', addressEnd)

const tableKey = (deployment: Deployment) =>
  text(ofType(deployment, 'aws_dynamodb_table')[0], 'server_side_encryption.0.kms_key_arn')

/** A key of the customer's. Without one the mocked provider has a random word there. */
const isKey = (arn: string) => arn.startsWith('arn:aws:kms:')

const hasTableKey = (deployment: Deployment) => isKey(tableKey(deployment))

const deployRole = (deployment: Deployment) => find(deployment, ROLE, 'cicd[0].aws_iam_role.deploy')

const hasDeployRole = (deployment: Deployment) => deployRole(deployment) !== undefined

export const RIGHTS: readonly Property[] = [
  {
    name: 'rights: every action exists',
    problems: (deployment) =>
      allows(deployment).flatMap(({ owner, actions }) =>
        actions
          .filter((action) => !KNOWN_ACTIONS.has(action))
          .map((action) => `${owner.address}: ${action}`),
      ),
  },
  {
    name: 'rights: no action by wildcard',
    problems: (deployment) =>
      addresses(
        allows(deployment).filter(({ actions }) => actions.some((each) => each.includes('*'))),
      ),
  },
  {
    name: 'rights: everything on named resources, unless an action knows none',
    problems: (deployment) =>
      addresses(
        allows(deployment)
          .filter(({ resources }) => resources.some((arn) => arn === '*' || arn.endsWith(':*:*')))
          .filter(({ actions }) => !actions.every(needsNoResource)),
      ),
  },
  {
    name: 'rights: roles are taken by one service each, of this account',
    problems: (deployment) =>
      addresses(
        statements(deployment, ROLE)
          .filter(({ principal }) => at(principal, 'Federated') === undefined)
          .filter(
            ({ principal, condition }) =>
              !String(at(principal, 'Service')).endsWith('.amazonaws.com') ||
              at(at(condition, 'StringEquals'), 'aws:SourceAccount') === undefined,
          ),
      ),
  },
  {
    name: 'rights: a task role and an execution role per store',
    problems: (deployment) => {
      const named = (kind: string, store: unknown) =>
        text(find(deployment, ROLE, `aws_iam_role.${kind}["${store}"]`), 'name')
      return ofType(deployment, 'aws_ecs_task_definition')
        .filter(({ index }) => {
          const names = [named('task', index), named('execution', index)]
          return names.includes('') || new Set(names).size !== 2
        })
        .map(({ address }) => address)
    },
  },
  {
    name: 'rights: the task on PostgreSQL has none',
    when: onPostgres,
    problems: (deployment) => addresses(policyOf(deployment, 'task', 'postgres')),
  },
  {
    name: 'rights: the task on DynamoDB does what the service does, on its table',
    when: onDynamodb,
    problems: (deployment) => {
      const arn = text(ofType(deployment, 'aws_dynamodb_table')[0], 'arn')
      const granted = policyOf(deployment, 'task', 'dynamodb')
        .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))
        .map(({ actions, resources }) => [[...actions].sort(), resources])
      return unless(
        isDeepStrictEqual(granted, [
          [TABLE_ACTIONS, [arn]],
          [actionsOn('indexes'), [`${arn}/index/*`]],
        ]),
        JSON.stringify(granted),
      )
    },
  },
  {
    name: 'rights: only the start of PostgreSQL tasks reads a secret, and that one only',
    problems: (deployment) => {
      const arn = text(ofType(deployment, 'aws_db_instance')[0], 'master_user_secret.0.secret_arn')
      const readers = statements(deployment, POLICY).filter(({ actions }) =>
        actions.includes('secretsmanager:GetSecretValue'),
      )
      const strays = readers.filter(
        ({ owner, resources }) =>
          !owner.address.endsWith('aws_iam_role_policy.execution["postgres"]') ||
          !isDeepStrictEqual(resources, [arn]),
      )
      const missing = onPostgres(deployment) && readers.length === 0
      return [...addresses(strays), ...unless(!missing, 'nobody reads it')]
    },
  },
  {
    name: 'rights: tasks pull from their repository only',
    problems: (deployment) => {
      const arn = text(ofType(deployment, 'aws_ecr_repository')[0], 'arn')
      const pulls = statements(deployment, POLICY).filter(({ actions }) =>
        actions.includes('ecr:GetDownloadUrlForLayer'),
      )
      return addresses(pulls.filter(({ resources }) => !isDeepStrictEqual(resources, [arn])))
    },
  },
  {
    name: 'rights: tasks may be started: image, log, key of the secret',
    problems: (deployment) =>
      deployment.stores.filter((store) => {
        const may = granted(policyOf(deployment, 'execution', store))
        const repository = text(ofType(deployment, 'aws_ecr_repository')[0], 'arn')
        const log = text(logGroup(deployment, `service["${store}"]`), 'arn')
        const instance = ofType(deployment, 'aws_db_instance')[0]
        const key = store === 'postgres' ? text(instance, 'master_user_secret_kms_key_id') : ''
        return !(
          may('ecr:GetAuthorizationToken', '*') &&
          PULL_ACTIONS.every((action) => may(action, repository)) &&
          LOG_ACTIONS.every((action) => may(action, `${log}:*`)) &&
          (!isKey(key) || may('kms:Decrypt', key))
        )
      }),
  },
  {
    name: "rights: the task on DynamoDB may use the table's key",
    when: hasTableKey,
    problems: (deployment) => {
      const may = granted(policyOf(deployment, 'task', 'dynamodb'))
      return KEY_ACTIONS.filter((action) => !may(action, tableKey(deployment)))
    },
  },
  {
    name: 'rights: flow logs may be written',
    problems: (deployment) => {
      const log = text(logGroup(deployment, 'log_group.flow'), 'arn')
      const may = granted(
        statements(deployment, POLICY).filter(({ owner }) =>
          owner.address.endsWith('aws_iam_role_policy.flow'),
        ),
      )
      const writing = [...LOG_ACTIONS, 'logs:DescribeLogStreams']
      return [
        ...writing.filter((action) => !may(action, `${log}:*`)),
        ...unless(may('logs:DescribeLogGroups', '*'), 'logs:DescribeLogGroups'),
      ]
    },
  },
  {
    name: 'rights: the replacement of tasks touches its own service only',
    when: onPostgres,
    problems: (deployment) => {
      const service = ofType(deployment, 'aws_ecs_service').find(
        ({ index }) => index === 'postgres',
      )
      const found = policyOf(deployment, 'redeploy', 'postgres').map(({ actions, resources }) => [
        actions,
        resources,
      ])
      const wanted = [[['ecs:UpdateService'], [text(service, 'id')]]]
      return unless(isDeepStrictEqual(found, wanted), JSON.stringify(found))
    },
  },
  {
    name: 'rights: no users, no access keys',
    problems: (deployment) =>
      deployment.resources
        .filter(({ type }) => /^aws_iam_(user|access_key)/.test(type))
        .map(({ address }) => address),
  },
  {
    name: 'rights: no policies that somebody else may change',
    problems: (deployment) =>
      deployment.resources
        .filter(({ type }) => /_policy_attachment/.test(type))
        .map(({ address }) => address),
  },
  {
    name: 'delivery: the role is pinned to one repository and environment',
    when: hasDeployRole,
    problems: (deployment) =>
      addresses(
        statements(deployment, ROLE)
          .filter(({ principal }) => at(principal, 'Federated') !== undefined)
          .filter(({ condition }) => {
            const equals = at(condition, 'StringEquals')
            const audience = at(equals, ['token.actions.githubusercontent.com:aud'])
            const subject = at(equals, ['token.actions.githubusercontent.com:sub'])
            return audience !== 'sts.amazonaws.com' || !isPinned(String(subject))
          }),
      ),
  },
  {
    name: 'delivery: the role writes images and nothing else',
    when: hasDeployRole,
    problems: (deployment) => {
      const role = text(deployRole(deployment), 'name')
      const arn = text(ofType(deployment, 'aws_ecr_repository')[0], 'arn')
      return statements(deployment, POLICY)
        .filter(({ owner }) => owner.address.includes('module.cicd') && role !== '')
        .flatMap(({ actions, resources }) =>
          actions.filter((action) => !isRead(action) && !isImageWrite(action, resources, arn)),
        )
    },
  },
  {
    name: 'delivery: image tags cannot be moved',
    problems: every(
      'aws_ecr_repository',
      ({ values }) => values.image_tag_mutability === 'IMMUTABLE',
    ),
  },
  {
    name: 'delivery: images are scanned when pushed',
    problems: every(
      'aws_ecr_repository',
      ({ values }) => at(values, 'image_scanning_configuration.0.scan_on_push') === true,
    ),
  },
  {
    name: 'delivery: old images go, the newest stay',
    problems: every('aws_ecr_lifecycle_policy', (policy) => {
      const rules = text(policy, 'policy')
      return rules.includes('"untagged"') && rules.includes('"imageCountMoreThan"')
    }),
  },
]

function isPinned(subject: string): boolean {
  return /^repo:[\w.-]+\/[\w.-]+:environment:[\w-]+$/.test(subject)
}

function isRead(action: string): boolean {
  return /:(Describe|Get|List|BatchGet|BatchCheck)/.test(action) && !/SecretValue/.test(action)
}

function isImageWrite(action: string, resources: readonly string[], repository: string): boolean {
  return action.startsWith('ecr:') && isDeepStrictEqual(resources, [repository])
}
