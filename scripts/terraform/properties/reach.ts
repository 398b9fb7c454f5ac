import { containers, statements } from '../documents.ts'
import { onDynamodb, onPostgres, type Property, unless } from '../property.ts'
import { at, type Deployment, find, list, ofType, type Resource, text } from '../resources.ts'

const INGRESS = 'aws_vpc_security_group_ingress_rule'
const EGRESS = 'aws_vpc_security_group_egress_rule'

const groupId = (deployment: Deployment, addressEnd: string) =>
  text(find(deployment, 'aws_security_group', addressEnd), 'id')

const balancer = (deployment: Deployment) => groupId(deployment, 'alb.aws_security_group.this')

const task = (deployment: Deployment, store: string) =>
  groupId(deployment, `aws_security_group.task["${store}"]`)

/** Whether a rule of the group lets `port` through to or from `peer`, a group or an IPv4 range. */
function lets(deployment: Deployment, type: string, group: string, peer: string, port: number) {
  return ofType(deployment, type).some(
    (rule) =>
      group !== '' &&
      text(rule, 'security_group_id') === group &&
      [text(rule, 'referenced_security_group_id'), text(rule, 'cidr_ipv4')].includes(peer) &&
      Number(rule.values.from_port) <= port &&
      Number(rule.values.to_port) >= port,
  )
}

/** What a task needs of AWS before the service runs. */
const SERVICES = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager']

/** Whether an interface endpoint answers for the service's usual name, to the whole VPC. */
function isEndpointOf(deployment: Deployment, endpoint: Resource, service: string): boolean {
  const vpc = text(ofType(deployment, 'aws_vpc')[0], 'cidr_block')
  return (
    text(endpoint, 'service_name').endsWith(`.${service}`) &&
    endpoint.values.private_dns_enabled === true &&
    list(endpoint.values, 'security_group_ids').some((group) =>
      lets(deployment, INGRESS, String(group), vpc, 443),
    )
  )
}

/** Security groups and routes forbid by default: a rule that is missing shows only when a task does not start. */
export const REACH: readonly Property[] = [
  {
    name: 'reach: clients get to every listener',
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
    name: 'reach: the load balancer gets to the tasks',
    problems: (deployment) =>
      containers(deployment).flatMap(({ task: { address, index }, definition }) => {
        const [from, to] = [balancer(deployment), task(deployment, String(index))]
        const port = Number(at(definition, 'portMappings.0.containerPort'))
        return unless(
          lets(deployment, EGRESS, from, to, port) && lets(deployment, INGRESS, to, from, port),
          address,
        )
      }),
  },
  {
    name: 'reach: the tasks get to AWS, by NAT or by endpoints',
    problems: (deployment) => {
      const routes = ofType(deployment, 'aws_route').filter(
        (route) => text(route, 'nat_gateway_id') !== '',
      )
      const tables = ofType(deployment, 'aws_route_table').filter(({ address }) =>
        address.includes('aws_route_table.private['),
      )
      const endpoints = ofType(deployment, 'aws_vpc_endpoint')
      const stuck = tables.filter(
        (table) => !routes.some((route) => text(route, 'route_table_id') === text(table, 'id')),
      )
      const lacking = SERVICES.filter(
        (service) => !endpoints.some((each) => isEndpointOf(deployment, each, service)),
      )
      const closed = deployment.stores.filter(
        (store) => !lets(deployment, EGRESS, task(deployment, store), '0.0.0.0/0', 443),
      )
      return [
        ...closed,
        ...(stuck.length > 0 && lacking.length > 0 ? stuck.map(({ address }) => address) : []),
      ]
    },
  },
  {
    name: 'reach: the endpoint of DynamoDB lets through all that the task may do',
    when: onDynamodb,
    problems: (deployment) => {
      const actionsOf = (addressEnd: string) =>
        statements(deployment)
          .filter(({ owner, effect }) => owner.address.endsWith(addressEnd) && effect === 'Allow')
          .flatMap(({ actions }) => actions.filter((action) => action.startsWith('dynamodb:')))
      const open = actionsOf('aws_vpc_endpoint.dynamodb')
      const asked = actionsOf('aws_iam_role_policy.task["dynamodb"]')
      return [
        ...unless(asked.length > 0, 'the task may do nothing'),
        ...asked.filter((action) => !open.includes(action)),
      ]
    },
  },
  {
    name: 'reach: the tasks on PostgreSQL get to it',
    when: onPostgres,
    problems: (deployment) => {
      const [from, to] = [
        task(deployment, 'postgres'),
        groupId(deployment, 'rds[0].aws_security_group.this'),
      ]
      return unless(
        lets(deployment, EGRESS, from, to, 5432) && lets(deployment, INGRESS, to, from, 5432),
        'port 5432',
      )
    },
  },
]
