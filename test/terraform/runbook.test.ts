import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ofType } from '../../scripts/terraform/resources.ts'
import { mockedDeployment } from './deployment.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

const RUNBOOK = read('docs/runbook.md')
const [, TABLE = ''] = /^## Alarms$(.*?)^## /ms.exec(RUNBOOK) ?? []
/** The names in the first column, without the prefix of the deployment. */
const rows = [...TABLE.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
)
/** `STORE-5xx`, `postgres-replica-N-lag` and `replication-REGION` stand for several alarms. */
const matcherOf = (row: string) =>
  new RegExp(
    `^${row.replace('STORE', '(postgres|dynamodb)').replace('-N-', '-\\d+-').replace('REGION', '[a-z]+-[a-z]+-\\d')}$`,
  )
/** As Terraform names them, with a pattern in place of each expression. */
const templates = globSync('terraform/modules/observability/*.tf', { cwd: root })
  .flatMap((file) => [
    ...read(file).matchAll(/alarm_name += "\$\{var\.name\}-((?:\$\{.*?\}|[\w-])*)"$/gm),
  ])
  .map(([, name = '']) => name.replace(/\$\{(?:[^{}]|\$\{[^}]*\})*\}/g, '*'))

it('the runbook has every alarm', () => {
  const named = ofType(mockedDeployment(), 'aws_cloudwatch_metric_alarm').map(({ values }) =>
    String(values.alarm_name).replace('pushcart-prod-', ''),
  )
  expect(named).toContain('database-cpu')
  const missing = named.filter((name) => !rows.some((row) => matcherOf(row).test(name)))
  expect(missing).toEqual([])
  expect(templates).toEqual(expect.arrayContaining(['replication-*', 'homes-contradict', '*-lag']))
  const uncovered = templates.filter((template) => {
    const pattern = new RegExp(`^${template.replaceAll('*', '.+')}$`)
    return !rows.some((row) => pattern.test(row))
  })
  expect(uncovered).toEqual([])
})

it('the runbook has no alarm that does not exist', () => {
  const named = ofType(mockedDeployment(), 'aws_cloudwatch_metric_alarm').map(({ values }) =>
    String(values.alarm_name).replace('pushcart-prod-', ''),
  )
  // A name that is an expression alone matches everything.
  const specific = templates.filter((template) => template !== '*')
  const unknown = rows.filter(
    (row) =>
      !named.some((name) => matcherOf(row).test(name)) &&
      !specific.some((template) => new RegExp(`^${template.replaceAll('*', '.+')}$`).test(row)),
  )
  expect(unknown).toEqual([])
})

it('the runbook and the page about AWS name only outputs that exist', () => {
  const named = [
    ...`${RUNBOOK}${read('docs/aws.md')}`.matchAll(/output -json pushcart \| jq -e?r '?\.(\w+)/g),
  ].map(([, name]) => name)
  expect(named).toContain('database_secret_arn')
  const outputs = [...read('terraform/outputs.tf').matchAll(/^output "(\w+)"/gm)]
  expect(outputs.map(([, name]) => name)).toEqual(expect.arrayContaining(named))
})
