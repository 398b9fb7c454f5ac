import { containers, statements } from '../documents.ts'
import { all, onDynamodb, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, find, list, ofType, type Resource, text } from '../resources.ts'

const INGRESS = 'aws_vpc_security_group_ingress_rule'
const EGRESS = 'aws_vpc_security_group_egress_rule'

const groupId = (deployment: Deployment, addressEnd: string) =>
  text(find(deployment, 'aws_security_group', addressEnd), 'id')

const balancer = (deployment: Deployment) => groupId(deployment, 'alb.aws_security_group.this')
const database = (deployment: Deployment) => groupId(deployment, 'rds[0].aws_security_group.this')
const proxy = (deployment: Deployment) => groupId(deployment, 'rds[0].aws_security_group.proxy[0]')
const task = (deployment: Deployment, store: string) =>
  groupId(deployment, `aws_security_group.task["${store}"]`)

/** Whether a rule of the group allows `port` to or from `peer`, a group or an IPv4 range. */
function allows(deployment: Deployment, type: string, group: string, peer: string, port: number) {
  return ofType(deployment, type).some(
    (rule) =>
      group !== '' &&
      text(rule, 'security_group_id') === group &&
      [text(rule, 'referenced_security_group_id'), text(rule, 'cidr_ipv4')].includes(peer) &&
      Number(rule.values.from_port) <= port &&
      Number(rule.values.to_port) >= port,
  )
}

/** Whether both groups allow connections from one to the other. */
function connects(deployment: Deployment, from: string, to: string, port: number): boolean {
  return allows(deployment, EGRESS, from, to, port) && allows(deployment, INGRESS, to, from, port)
}

/** Problems, unless all ingress rules of a group come from one peer. */
function onlyFrom(deployment: Deployment, group: string, peer: string): string[] {
  const rules = ofType(deployment, INGRESS).filter(
    (rule) => text(rule, 'security_group_id') === group,
  )
  const isPeer = (rule: Resource) => text(rule, 'referenced_security_group_id') === peer
  return all(`rule of ${group}`, rules, isPeer, ({ address }) => address)
}

/** What a task needs from AWS before the service runs. */
const SERVICES = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager']

/** Whether an interface endpoint takes over the usual host name of a service, for the whole VPC. */
function isEndpointOf(deployment: Deployment, endpoint: Resource, service: string): boolean {
  const vpc = text(ofType(deployment, 'aws_vpc')[0], 'cidr_block')
  return (
    text(endpoint, 'service_name').endsWith(`.${service}`) &&
    endpoint.values.private_dns_enabled === true &&
    list(endpoint.values, 'security_group_ids').some((group) =>
      allows(deployment, INGRESS, String(group), vpc, 443),
    )
  )
}

/** Statements that allow actions of DynamoDB, in the document of a resource. */
const tableStatements = (deployment: Deployment, addressEnd: string) =>
  statements(deployment)
    .filter(({ owner, effect }) => owner.address.endsWith(addressEnd) && effect === 'Allow')
    .filter(({ actions }) => actions.some((action) => action.startsWith('dynamodb:')))

/** A missing rule or route fails neither plan nor apply: tasks do not start. */
export const REACH: readonly Property[] = [
  {
    name: 'reach: clients reach every listener',
    problems: (deployment) => {
      const group = balancer(deployment)
      const open = ofType(deployment, INGRESS)
        .filter((rule) => text(rule, 'security_group_id') === group)
        .map(({ values }) => values.from_port)
      return ofType(deployment, 'aws_lb_listener')
        .filter(({ values }) => !open.includes(values.port))
        .map(({ address }) => address)
    },
  },
  {
    name: 'reach: the load balancer reaches the port of the tasks, and nobody else does',
    problems: (deployment) =>
      containers(deployment).flatMap(({ task: { address, index }, definition }) => {
        const [from, to] = [balancer(deployment), task(deployment, String(index))]
        const port = Number(at(definition, 'portMappings.0.containerPort'))
        return [
          ...unless(connects(deployment, from, to, port), address),
          ...onlyFrom(deployment, to, from),
        ]
      }),
  },
  {
    name: 'reach: tasks on PostgreSQL reach the database, and nobody else does',
    when: onPostgres,
    problems: (deployment) => {
      const path = [task(deployment, 'postgres'), proxy(deployment), database(deployment)]
      return path
        .filter((group) => group !== '')
        .flatMap((to, hop, groups) => {
          const from = groups[hop - 1]
          if (from === undefined) return []
          return [
            ...unless(connects(deployment, from, to, 5432), `port 5432, hop ${hop}`),
            ...onlyFrom(deployment, to, from),
          ]
        })
    },
  },
  {
    name: 'reach: tasks reach AWS by NAT or by endpoints',
    problems: (deployment) => {
      const routed = ofType(deployment, 'aws_route')
        .filter((route) => text(route, 'nat_gateway_id') !== '')
        .map((route) => text(route, 'route_table_id'))
      const withoutNat = ofType(deployment, 'aws_route_table')
        .filter(({ address }) => address.includes('aws_route_table.private['))
        .filter((table) => !routed.includes(text(table, 'id')))
      const endpoints = ofType(deployment, 'aws_vpc_endpoint')
      const withoutEndpoint = SERVICES.filter(
        (service) => !endpoints.some((each) => isEndpointOf(deployment, each, service)),
      )
      return [
        ...deployment.stores.filter(
          (store) => !allows(deployment, EGRESS, task(deployment, store), '0.0.0.0/0', 443),
        ),
        ...(withoutEndpoint.length > 0 ? withoutNat.map(({ address }) => address) : []),
      ]
    },
  },
  {
    name: 'reach: the endpoint of DynamoDB allows what the task may do, on its table only',
    when: onDynamodb,
    problems: (deployment) => {
      const table = text(ofType(deployment, 'aws_dynamodb_table')[0], 'name')
      const open = tableStatements(deployment, 'aws_vpc_endpoint.dynamodb')
      const used = tableStatements(deployment, 'aws_iam_role_policy.task["dynamodb"]')
      const isOfTable = (arn: string) =>
        arn.endsWith(`:table/${table}`) || arn.endsWith(`:table/${table}/index/*`)
      return [
        ...unless(used.length > 0, 'the task may do nothing'),
        ...used
          .flatMap(({ actions }) => actions)
          .filter((action) => !open.some(({ actions }) => actions.includes(action))),
        ...open.flatMap(({ resources }) => resources).filter((arn) => !isOfTable(arn)),
      ]
    },
  },
]
