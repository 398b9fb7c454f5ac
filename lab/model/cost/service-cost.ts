import type { PerKind } from '../../results/operation-kinds.ts'
import type { Deployment } from '../terms/deployment.ts'
import { type CostFigure, derive, priced } from './figure.ts'
import { type Traffic, totalRate } from './inputs.ts'
import type { Prices } from './prices.ts'
import { perSecond } from './weighted-sum.ts'

/** Hours that a cloud bill counts per month: 365 * 24 / 12. */
export const HOURS_PER_MONTH = 730

/** Cost of what serves HTTP in front of a store. */
export interface ServiceCost {
  /** Tasks of one region at the peak; each needs its database connections. */
  readonly peak_tasks: CostFigure
  readonly derived: readonly CostFigure[]
  readonly billed: readonly CostFigure[]
}

/**
 * Tasks, load balancer, NAT and addresses. Autoscaling follows the load, so tasks are billed by the average; the
 * count at the peak is a separate figure. The deployment is the same for both stores; the measured CPU differs.
 */
export function serviceCost(
  traffic: Traffic,
  service_cpu_s: PerKind,
  deployment: Deployment,
  prices: Prices,
): ServiceCost {
  const { regions } = deployment
  const cpu = perSecond(
    { id: 'service.cpu', title: 'CPU of the service per region', unit: 'cores' },
    traffic,
    service_cpu_s,
    regions,
  )
  const average = tasks('service.tasks', 'Tasks on average', cpu, 1, deployment)
  const peak_tasks = tasks(
    'service.peak_tasks',
    'Tasks at the peak',
    cpu,
    traffic.peak_to_average,
    deployment,
  )
  const lcu = loadBalancerUnits(traffic, deployment)
  return {
    peak_tasks,
    derived: [cpu, average, peak_tasks, lcu],
    billed: [
      taskCost(average, deployment, prices),
      loadBalancerCost(lcu, deployment, prices),
      networkCost(deployment, prices),
    ],
  }
}

function tasks(
  id: string,
  title: string,
  cpu: CostFigure,
  peak: number,
  { task, target_utilisation, core_speed, min_tasks }: Deployment,
): CostFigure {
  return derive({
    id,
    title: `${title} per region`,
    unit: 'tasks',
    formula: 'cpu * peak / (vcpus * core_speed * target_utilisation)',
    inputs: { cpu: cpu.value, peak, vcpus: task.vcpus, core_speed, target_utilisation },
    rounded_up: true,
    at_least: min_tasks,
  })
}

function taskCost(average: CostFigure, deployment: Deployment, prices: Prices): CostFigure {
  const { architecture, vcpus, memory_gb } = deployment.task
  return derive({
    id: 'service.fargate',
    title: 'Service tasks',
    unit: `${prices.currency}/month`,
    formula: 'tasks * regions * hours * (vcpus * vcpu_price + memory * memory_price)',
    inputs: {
      tasks: average.value,
      regions: deployment.regions,
      hours: HOURS_PER_MONTH,
      vcpus,
      memory: memory_gb,
    },
    prices: {
      vcpu_price: priced(`fargate.${architecture}.vcpu`, prices),
      memory_price: priced(`fargate.${architecture}.memory`, prices),
    },
  })
}

/** The largest of three dimensions. One unit is 25 new connections per second, 3,000 open connections, or 1 GB per hour. */
function loadBalancerUnits(traffic: Traffic, deployment: Deployment): CostFigure {
  const { operations_per_connection, connection_seconds, bytes_per_operation, regions } = deployment
  const inputs = { rate: totalRate(traffic) / regions, operations_per_connection }
  const [largest] = [
    { formula: 'rate / operations_per_connection / 25', inputs },
    {
      formula: 'rate / operations_per_connection * connection_seconds / 3000',
      inputs: { ...inputs, connection_seconds },
    },
    {
      formula: 'rate * bytes_per_operation * 3600 / 1000000000',
      inputs: { rate: inputs.rate, bytes_per_operation },
    },
  ]
    .map((dimension) =>
      derive({
        id: 'alb.units',
        title: 'Load balancer units per region',
        unit: 'LCU',
        ...dimension,
      }),
    )
    .sort((a, b) => b.value - a.value)
  if (largest === undefined) throw new RangeError('a load balancer has dimensions')
  return largest
}

function loadBalancerCost(lcu: CostFigure, { regions }: Deployment, prices: Prices): CostFigure {
  return derive({
    id: 'service.alb',
    title: 'Load balancer',
    unit: `${prices.currency}/month`,
    formula: 'regions * hours * (hour_price + units * unit_price)',
    inputs: { regions, hours: HOURS_PER_MONTH, units: lcu.value },
    prices: { hour_price: priced('alb.hour', prices), unit_price: priced('alb.lcu', prices) },
  })
}

function networkCost(deployment: Deployment, prices: Prices): CostFigure {
  const { regions, nat_gateways, zones } = deployment
  return derive({
    id: 'service.network',
    title: 'NAT gateways and public addresses',
    unit: `${prices.currency}/month`,
    formula: 'regions * hours * (gateways * nat_price + (gateways + zones) * address_price)',
    inputs: { regions, hours: HOURS_PER_MONTH, gateways: nat_gateways, zones },
    prices: { nat_price: priced('nat.hour', prices), address_price: priced('ipv4.hour', prices) },
  })
}
