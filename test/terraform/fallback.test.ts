import { expect, it } from 'vitest'
import { checkByHand } from '../../scripts/terraform/fallback/check.ts'
import { readFiles } from '../../scripts/terraform/fallback/parse.ts'

const files = readFiles()

it('finds nothing wrong with the configuration as it is', async () => {
  expect(await checkByHand(files)).toEqual([])
})

it.each([
  ['a syntax error', 'main.tf', 'module "ecr" {', 'module "ecr" ', /main\.tf/],
  [
    'a resource type that does not exist',
    'modules/ecr/main.tf',
    'resource "aws_ecr_repository" "this"',
    'resource "aws_ecr_repo" "this"',
    /no resource type aws_ecr_repo /,
  ],
  [
    'an unknown attribute',
    'modules/alb/main.tf',
    'desync_mitigation_mode',
    'desync_mode',
    /aws_lb\.this: there is no desync_mode/,
  ],
  [
    'an unknown block',
    'modules/ecs/main.tf',
    'deployment_circuit_breaker {',
    'circuit_breaker {',
    /there is no circuit_breaker/,
  ],
  [
    'an unknown attribute in a block in a block',
    'modules/alb/main.tf',
    'status_code = "HTTP_301"',
    'status = "HTTP_301"',
    /redirect: there is no status$/,
  ],
  [
    'an unknown attribute in a dynamic block',
    'modules/observability/main.tf',
    'metric_name = metric_query.value',
    'metricname = metric_query.value',
    /metric: there is no metricname/,
  ],
  [
    'a missing attribute',
    'modules/ecs/scaling.tf',
    'min_capacity       = var.min_tasks',
    '',
    /min_capacity is missing/,
  ],
  [
    'a missing block',
    'modules/ecs/redeploy.tf',
    'flexible_time_window {\n    mode = "OFF"\n  }',
    '',
    /flexible_time_window is missing/,
  ],
  [
    'a block too often',
    'modules/dynamodb/main.tf',
    'ttl {',
    'ttl {\n    attribute_name = "x"\n  }\n\n  ttl {',
    /ttl may be given 1 times/,
  ],
  [
    'an attribute that AWS decides',
    'modules/ecr/main.tf',
    'force_delete         = var.force_delete',
    'repository_url = var.force_delete',
    /repository_url is decided by AWS/,
  ],
  ['an undeclared variable', 'main.tf', 'var.vpc_cidr', 'var.cidr', /^\.: no variable cidr/],
  [
    'an unused variable',
    'modules/ecr/variables.tf',
    'variable "name"',
    'variable "unused" {\n  type        = string\n  description = "x"\n  default     = ""\n}\n\nvariable "name"',
    /variable unused is not used/,
  ],
  ['an undeclared local', 'main.tf', 'local.table_name', 'local.table', /no local table/],
  [
    'a resource that is not there',
    'modules/ecr/outputs.tf',
    'aws_ecr_repository.this.arn',
    'aws_ecr_repository.main.arn',
    /no resource aws_ecr_repository\.main/,
  ],
  [
    'an attribute that a resource does not have',
    'modules/ecr/outputs.tf',
    'aws_ecr_repository.this.arn',
    'aws_ecr_repository.this.address',
    /aws_ecr_repository has no attribute address/,
  ],
  [
    'an output that is not there',
    'outputs.tf',
    'module.alb.zone_id',
    'module.alb.zone',
    /no output zone/,
  ],
  [
    'a module that is not there',
    'outputs.tf',
    'module.alb.zone_id',
    'module.lb.zone_id',
    /no module lb/,
  ],
  [
    'an unknown input',
    'examples/dev/main.tf',
    'nat_gateways ',
    'nats ',
    /module pushcart has no input nats/,
  ],
  [
    'a missing input',
    'examples/prod/main.tf',
    'certificate_arn = var.certificate_arn',
    '',
    /input certificate_arn is missing/,
  ],
  [
    'a variable without a type',
    'modules/ecr/variables.tf',
    'type        = string',
    '',
    /variable name has no type/,
  ],
])('finds %s', async (_what, path, from, to, problem) => {
  const text = files.get(path) ?? ''
  expect(text).toContain(from)
  const broken = new Map([...files, [path, text.replace(from, to)]])
  expect((await checkByHand(broken)).filter((line) => problem.test(line))).not.toEqual([])
})
