import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { alarmMetrics, billsTable } from '../../scripts/container/example-bills.ts'
import { list, ofType } from '../../scripts/terraform/resources.ts'
import { mockedDeployment } from '../terraform/deployment.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const DOC = read('docs/aws.md')

describe('docs/aws.md', () => {
  it('has the costs computed from the price file and the examples', () => {
    expect(DOC).toContain(`<!-- bills -->\n\n${billsTable()}\n\n<!-- end of bills -->`)
  })

  it('counts the metrics that the alarms watch', () => {
    const watched = ofType(mockedDeployment(), 'aws_cloudwatch_metric_alarm').map(({ values }) => {
      const queries = list(values, 'metric_query').filter(
        (query) => list(query, 'metric').length > 0,
      )
      return Math.max(1, queries.length)
    })
    const sum = watched.reduce((total, count) => total + count, 0)
    expect(alarmMetrics(['postgres', 'dynamodb'])).toBe(sum)
  })

  it.each([
    ['dev', DOC.split('## Production')[0] ?? '', 'image_digest'],
    ['prod', DOC.split('## Production')[1] ?? '', 'state_bucket'],
  ])('names only inputs of the example %s', (example, text, one) => {
    const named = [...text.matchAll(/TF_VAR_(\w+)/g)].map(([, name]) => name)
    expect(named).toContain(one)
    const variables = read(`terraform/examples/${example}/variables.tf`)
    const inputs = [...variables.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name)
    expect(inputs).toEqual(expect.arrayContaining(named))
  })

  it('names only existing outputs', () => {
    const named = [...DOC.matchAll(/jq -r \.(\w+)/g)].map(([, name]) => name)
    expect(named).toContain('load_balancer')
    const outputs = [...read('terraform/outputs.tf').matchAll(/^output "(\w+)"/gm)]
    expect(outputs.map(([, name]) => name)).toEqual(expect.arrayContaining(named))
  })
})
