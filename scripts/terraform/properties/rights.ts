import { isDeepStrictEqual } from 'node:util'
import type { Operations } from '../../../packages/service/src/store/dynamodb/transport.ts'
import { containers, initContainers, type Statement, statements } from '../documents.ts'
import { onDynamodb, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, find, ofType, text } from '../resources.ts'
import { secretOf } from './tasks.ts'

/** The statements of a role policy of modules/ecs. */
const policyOf = (deployment: Deployment, name: string, store: string) =>
  statements(deployment).filter(({ owner }) =>
    owner.address.endsWith(`aws_iam_role_policy.${name}["${store}"]`),
  )

/** Where each operation of the store goes; the compiler requires every operation. `mover`: only `pushcart move` makes it. */
const OPERATIONS: Readonly<Record<keyof Operations, 'table' | 'indexes' | 'mover'>> = {
  BatchGetItem: 'table',
  DeleteItem: 'mover',
  GetItem: 'table',
  PutItem: 'table',
  Query: 'indexes',
  Scan: 'mover',
  UpdateItem: 'table',
}

const actionsOn = (where: 'table' | 'indexes') =>
  Object.entries(OPERATIONS)
    .filter(([, place]) => place === where)
    .map(([operation]) => `dynamodb:${operation}`)

/** Includes the check of the table at start. */
const TABLE_ACTIONS = [...actionsOn('table'), 'dynamodb:DescribeTable'].sort()

const PULL_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
]
const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents']

/** What DynamoDB does with a customer key in the name of the caller (DynamoDB guide, "Encryption at rest"). */
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

const tableKey = (deployment: Deployment) =>
  text(ofType(deployment, 'aws_dynamodb_table')[0], 'server_side_encryption.0.kms_key_arn')

/** Whether this is a customer key: without one the mocked provider returns a random word. */
const isKey = (arn: string) => arn.startsWith('arn:aws:kms:')

const deployRole = (deployment: Deployment) =>
  find(deployment, 'aws_iam_role', 'cicd[0].aws_iam_role.deploy')

export const RIGHTS: readonly Property[] = [
  {
    name: 'rights: the task on PostgreSQL may log in as its role, or read its secret, and nothing else',
    when: onPostgres,
    problems: (deployment) => {
      const found = policyOf(deployment, 'task', 'postgres')
      const [service] = containers(deployment).filter(({ task }) => task.index === 'postgres')
      const user = new URL(service?.environment.DATABASE_URL ?? 'postgres://none').username
      const secret = secretOf(deployment)
      const allowed = ({ actions, resources, condition }: Statement) =>
        (isDeepStrictEqual(actions, ['rds-db:connect']) &&
          resources.every((arn) => arn.includes(':dbuser:') && arn.endsWith(`/${user}`))) ||
        (isDeepStrictEqual(actions, ['secretsmanager:GetSecretValue']) &&
          isDeepStrictEqual(resources, [secret])) ||
        (isDeepStrictEqual(actions, ['kms:Decrypt']) && condition !== undefined)
      return [
        ...unless(found.length > 0, 'the task cannot log in'),
        ...found.filter((each) => !allowed(each)).map(({ actions }) => actions.join()),
      ]
    },
  },
  {
    name: 'rights: the task on DynamoDB may make the requests of the service, on its table only',
    when: onDynamodb,
    problems: (deployment) => {
      const arn = text(ofType(deployment, 'aws_dynamodb_table')[0], 'arn')
      const found = policyOf(deployment, 'task', 'dynamodb')
        .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))
        .map(({ actions, resources }) => [[...actions].sort(), resources])
      const expected = [
        [TABLE_ACTIONS, [arn]],
        [actionsOn('indexes'), [`${arn}/index/*`]],
      ]
      return unless(isDeepStrictEqual(found, expected), JSON.stringify(found))
    },
  },
  {
    name: 'rights: the task on DynamoDB may use the key of its table',
    when: (deployment) => isKey(tableKey(deployment)),
    problems: (deployment) => {
      const may = granted(policyOf(deployment, 'task', 'dynamodb'))
      return KEY_ACTIONS.filter((action) => !may(action, tableKey(deployment)))
    },
  },
  {
    name: 'rights: ECS may start a task: image, log, secret and its key',
    problems: (deployment) =>
      deployment.stores.flatMap((store) => {
        const may = granted(policyOf(deployment, 'execution', store))
        const repository = text(ofType(deployment, 'aws_ecr_repository')[0], 'arn')
        const log = text(find(deployment, 'aws_cloudwatch_log_group', `service["${store}"]`), 'arn')
        const secrets = initContainers(deployment)
          .filter(({ task }) => task.index === store)
          .flatMap((init) => Object.values(init.secrets))
          .map((from) => from.replace(/:[^:]*::$/, ''))
        const key = text(
          find(deployment, 'aws_db_instance', 'this[0]'),
          'master_user_secret_kms_key_id',
        )
        const needed = [
          ['ecr:GetAuthorizationToken', '*'],
          ...PULL_ACTIONS.map((action) => [action, repository]),
          ...LOG_ACTIONS.map((action) => [action, `${log}:*`]),
          ...secrets.map((secret) => ['secretsmanager:GetSecretValue', secret]),
          ...(secrets.length > 0 && isKey(key) ? [['kms:Decrypt', key]] : []),
        ]
        return needed
          .filter(([action = '', resource = '']) => !may(action, resource))
          .map(([action]) => `${store}: ${action}`)
      }),
  },
  {
    name: 'rights: only one environment of one repository may take the role of the workflow',
    when: (deployment) => deployRole(deployment) !== undefined,
    problems: (deployment) =>
      statements(deployment)
        .filter(({ owner }) => owner === deployRole(deployment))
        .map(({ condition }) =>
          String(at(condition, ['StringEquals', 'token.actions.githubusercontent.com:sub'])),
        )
        .filter((subject) => !/^repo:[\w.-]+\/[\w.-]+:environment:[\w-]+$/.test(subject)),
  },
]
