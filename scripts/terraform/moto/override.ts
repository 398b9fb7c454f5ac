/** Whose endpoint is moto's: all that the configuration has resources of. */
const SERVICES = [
  'acm',
  'applicationautoscaling',
  'cloudwatch',
  'cloudwatchlogs',
  'dynamodb',
  'ec2',
  'ecr',
  'ecs',
  'elbv2',
  'iam',
  'kms',
  'rds',
  's3',
  'scheduler',
  'secretsmanager',
  'sns',
  'sts',
]

/**
 * What is merged over an example's own files: the provider's calls go to moto, the state stays in the folder. The provider
 * still asks who it is, and refuses another account.
 */
export function override(name: string, url: string): string {
  const backend = name === 'prod' ? 'terraform {\n  backend "local" {}\n}\n' : ''
  return `${backend}provider "aws" {
  access_key              = "dummy"
  secret_key              = "dummy"
  skip_metadata_api_check = true
  s3_use_path_style       = true
  # The default, 25 with growing waits, takes minutes over an answer that moto will never give.
  max_retries = 2
  endpoints {
${SERVICES.map((service) => `    ${service} = "${url}"\n`).join('')}  }
}
module "pushcart" {
  certificate_arn = aws_acm_certificate.check.arn
}
`
}

/** A listener with a certificate that is not there is tried again for minutes, so one is made first. */
export const CERTIFICATE = `resource "aws_acm_certificate" "check" {
  domain_name       = "carts.example.com"
  validation_method = "DNS"
}
`

/** Merged over a module's files: none of `type.name`. */
export function leftOut(resource: string): string {
  const [type, name] = resource.split('.')
  return `resource "${type}" "${name}" {\n  for_each = toset([])\n}\n`
}
