import { isDeepStrictEqual } from 'node:util'
import { statements } from '../documents.ts'
import { comparing, every, onDynamodb, type Property, unless } from '../property.ts'
import { at, type Deployment, find, list, ofType, type Resource, text } from '../resources.ts'

const subnets = (deployment: Deployment, kind: string) =>
  ofType(deployment, 'aws_subnet').filter(({ address }) => address.includes(`aws_subnet.${kind}[`))

const idsOf = (resources: readonly Resource[]) => resources.map((resource) => text(resource, 'id'))

const tablesOf = (deployment: Deployment, kind: string) =>
  ofType(deployment, 'aws_route_table').filter(({ address }) =>
    address.includes(`aws_route_table.${kind}`),
  )

const sameMembers = (some: readonly unknown[], others: readonly unknown[]) =>
  isDeepStrictEqual([...some].sort(), [...others].sort())

const KINDS = ['public', 'private', 'database']

/** First and last address of an IPv4 range, as numbers. */
function range(cidr: string): readonly [number, number] {
  const [address = '', bits = '32'] = cidr.split('/')
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return [first, first + 2 ** (32 - Number(bits)) - 1]
}

function overlapping(cidrs: readonly string[]): string[] {
  const sorted = cidrs.map((cidr) => ({ cidr, at: range(cidr) })).sort((a, b) => a.at[0] - b.at[0])
  return sorted
    .filter(({ at: [first] }, i) => i > 0 && first <= (sorted[i - 1]?.at[1] ?? -1))
    .map(({ cidr }) => cidr)
}

export const NETWORK: readonly Property[] = [
  {
    name: 'network: every kind of subnet in two zones or more',
    problems: (deployment) =>
      KINDS.filter((kind) => {
        const zones = subnets(deployment, kind).map((subnet) => text(subnet, 'availability_zone'))
        return new Set(zones).size < 2
      }),
  },
  {
    name: 'network: subnets do not overlap',
    problems: (deployment) =>
      overlapping(ofType(deployment, 'aws_subnet').map((subnet) => text(subnet, 'cidr_block'))),
  },
  {
    name: 'network: no subnet hands out public addresses',
    problems: every('aws_subnet', ({ values }) => values.map_public_ip_on_launch === false),
  },
  {
    name: 'network: database subnets have no route out',
    problems: (deployment) => {
      const [table] = tablesOf(deployment, 'database')
      const id = text(table, 'id')
      const associations = ofType(deployment, 'aws_route_table_association')
      const strays = subnets(deployment, 'database').filter(
        (subnet) =>
          !associations.some(
            (each) =>
              text(each, 'subnet_id') === text(subnet, 'id') && text(each, 'route_table_id') === id,
          ),
      )
      const routes = ofType(deployment, 'aws_route').filter(
        (route) => text(route, 'route_table_id') === id,
      )
      const gateways = ofType(deployment, 'aws_vpc_endpoint').filter((endpoint) =>
        list(endpoint.values, 'route_table_ids').includes(id),
      )
      return [
        ...unless(table !== undefined, 'no route table'),
        ...[...strays, ...routes, ...gateways].map(({ address }) => address),
      ]
    },
  },
  {
    name: 'network: private subnets go out by NAT only',
    problems: (deployment) => {
      const tables = idsOf(tablesOf(deployment, 'private'))
      const gateways = idsOf(ofType(deployment, 'aws_nat_gateway'))
      return ofType(deployment, 'aws_route')
        .filter((route) => tables.includes(text(route, 'route_table_id')))
        .filter((route) => !gateways.includes(text(route, 'nat_gateway_id')))
        .map(({ address }) => address)
    },
  },
  {
    name: 'network: NAT gateways stand in public subnets',
    problems: (deployment) => {
      const ids = idsOf(subnets(deployment, 'public'))
      return ofType(deployment, 'aws_nat_gateway')
        .filter((gateway) => !ids.includes(text(gateway, 'subnet_id')))
        .map(({ address }) => address)
    },
  },
  {
    name: 'network: the default security group allows nothing',
    problems: every(
      'aws_default_security_group',
      ({ values }) => list(values, 'ingress').length === 0 && list(values, 'egress').length === 0,
    ),
  },
  {
    name: 'network: gateway endpoints for S3 and DynamoDB in the private routes',
    problems: (deployment) => {
      const tables = idsOf(tablesOf(deployment, 'private'))
      return ['s3', 'dynamodb'].filter((service) => {
        const endpoint = find(deployment, 'aws_vpc_endpoint', `aws_vpc_endpoint.${service}`)
        return !(
          text(endpoint, 'vpc_endpoint_type') === 'Gateway' &&
          text(endpoint, 'service_name').endsWith(`.${service}`) &&
          sameMembers(list(endpoint?.values, 'route_table_ids'), tables)
        )
      })
    },
  },
  {
    name: 'network: the S3 endpoint only reads image layers',
    problems: (deployment) => {
      const found = endpointStatements(deployment, 's3')
      return unless(
        found.length === 1 &&
          found.every(
            ({ actions, resources }) =>
              isDeepStrictEqual(actions, ['s3:GetObject']) &&
              resources.every((arn) => arn.endsWith('starport-layer-bucket/*')),
          ),
        'its policy',
      )
    },
  },
  {
    name: 'network: the DynamoDB endpoint names the table',
    when: onDynamodb,
    problems: (deployment) => {
      const table = text(ofType(deployment, 'aws_dynamodb_table')[0], 'name')
      const found = endpointStatements(deployment, 'dynamodb')
      const named = found.flatMap(({ resources }) => resources)
      return unless(
        named.length > 0 &&
          named.every(
            (arn) => arn.endsWith(`:table/${table}`) || arn.endsWith(`:table/${table}/index/*`),
          ),
        `its policy names ${named.join(', ') || 'nothing'}`,
      )
    },
  },
  {
    name: 'network: flow logs of all traffic',
    problems: (deployment) => {
      const vpc = text(ofType(deployment, 'aws_vpc')[0], 'id')
      return every(
        'aws_flow_log',
        (log) => text(log, 'traffic_type') === 'ALL' && text(log, 'vpc_id') === vpc,
      )(deployment)
    },
  },
  {
    name: 'network: only the load balancer, and endpoints within the VPC, take calls by address',
    problems: (deployment) => {
      const balancer = text(
        find(deployment, 'aws_security_group', 'alb.aws_security_group.this'),
        'id',
      )
      const vpc = text(ofType(deployment, 'aws_vpc')[0], 'cidr_block')
      return ofType(deployment, 'aws_vpc_security_group_ingress_rule')
        .filter((rule) => text(rule, 'cidr_ipv4') !== '' || text(rule, 'cidr_ipv6') !== '')
        .filter(
          (rule) => text(rule, 'security_group_id') !== balancer && text(rule, 'cidr_ipv4') !== vpc,
        )
        .map(({ address }) => address)
    },
  },
  {
    name: 'network: the fixed ports are not open to everybody',
    when: comparing,
    problems: (deployment) =>
      ofType(deployment, 'aws_vpc_security_group_ingress_rule')
        .filter(({ values }) => [8443, 9443].includes(Number(at(values, 'from_port'))))
        .filter((rule) => text(rule, 'cidr_ipv4') === '0.0.0.0/0')
        .map(({ address }) => address),
  },
]

function endpointStatements(deployment: Deployment, service: string) {
  return statements(deployment, 'aws_vpc_endpoint').filter(({ owner }) =>
    owner.address.endsWith(`aws_vpc_endpoint.${service}`),
  )
}
