import { expect, it } from 'vitest'
import { actionsIn } from '../../scripts/terraform/moto/calls.ts'
import { expectSame, readGaps, resourceOf } from '../../scripts/terraform/moto/gaps.ts'
import { PROPERTIES } from '../../scripts/terraform/policy.ts'
import { mockedDeployment } from './deployment.ts'

const gaps = readGaps()

it('lists gaps of resources and properties that there are', () => {
  const names = mockedDeployment().resources.map(({ address }) => resourceOf(address))
  const listed = [...gaps.leftOut, ...gaps.restless, ...gaps.kept]
  expect(listed.length).toBeGreaterThan(0)
  expect(listed.filter((name) => !names.includes(name))).toEqual([])
  const properties = PROPERTIES.map(({ name }) => name)
  expect(gaps.properties.filter((name) => !properties.includes(name))).toEqual([])
})

it('tells what moto refuses from what needs it', () => {
  const text = [
    '## Left out\n\n| resource | why |\n|---|---|\n| `a_b.c` | refused |\n| `d_e.f` | needs `a_b.c` |\n',
    '## Never at rest\n\n| `g_h.i` | forgets |\n',
    '## Not destroyed\n',
    '## Properties that cannot hold\n',
  ].join('\n')
  expect(readGaps(text)).toEqual({
    leftOut: ['a_b.c', 'd_e.f'],
    refused: ['a_b.c'],
    restless: ['g_h.i'],
    kept: [],
    properties: [],
  })
  expect(() => readGaps('# Nothing')).toThrow('no "Left out"')
})

it('reports a gap that is not listed, and one that is none any more', () => {
  expect(() => expectSame('at rest', ['a', 'b'], ['b', 'a'])).not.toThrow()
  expect(() => expectSame('at rest', ['a', 'b', 'a'], ['b', 'c'])).toThrow(
    'at rest: "a" is not in moto-gaps.md; "c" is in moto-gaps.md and no gap any more',
  )
})

it('finds the resource in an address', () => {
  expect(resourceOf('module.a["x.y"].aws_vpc.this')).toBe('aws_vpc.this')
  expect(resourceOf('module.a.aws_lb_listener.https["active"]')).toBe('aws_lb_listener.https')
})

it('reads the IAM actions of calls from the log of the provider', () => {
  const log = [
    '2026 [DEBUG] provider: HTTP Request Sent: rpc.service="Elastic Load Balancing v2" rpc.method=DescribeTags',
    '2026 [DEBUG] provider: HTTP Request Sent: rpc.method=DescribeVpcs aws.region=us-east-1 rpc.service=EC2',
    '2026 [DEBUG] provider: HTTP Request Sent: rpc.service=S3 rpc.method=HeadBucket',
    '2026 [DEBUG] provider: HTTP Request Sent: rpc.service=S3 rpc.method=GetBucketAcl',
    '2026 [DEBUG] provider: HTTP Response Received: rpc.service=STS',
  ].join('\n')
  expect([...actionsIn(log)].sort()).toEqual([
    'ec2:DescribeVpcs',
    'elasticloadbalancing:DescribeTags',
    's3:GetBucketAcl',
    's3:ListBucket',
  ])
})
