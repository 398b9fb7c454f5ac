# pushcart on AWS. `database` selects the store behind port 443; `compare` deploys both stores, each on a separate port.
# The caller configures the provider: see examples/dev and examples/prod.

locals {
  prefix     = "${var.name}-${var.environment}"
  table_name = "${local.prefix}-carts"

  stores      = toset(var.compare ? ["postgres", "dynamodb"] : [var.database])
  on_postgres = contains(local.stores, "postgres")
  on_dynamodb = contains(local.stores, "dynamodb")

  container_port = 8080
  # Path of Amazon's RDS certificates in the image.
  rds_ca_file = "/etc/pushcart/rds-global-bundle.pem"

  settings = merge(var.settings, {
    HOST               = "0.0.0.0"
    PORT               = tostring(local.container_port)
    TRUSTED_PROXIES    = "1"
    DRAIN_TIMEOUT_MS   = tostring(var.drain_seconds * 1000)
    DATABASE_POOL_SIZE = tostring(var.pool_size)
  })

  # Each service has the settings of its store only.
  services = {
    postgres = {
      command = ["--migrate"]
      environment = {
        CART_STORE_TYPE = "postgres"
        DATABASE_URL    = local.on_postgres ? "${module.rds[0].database_url}?sslmode=verify-full&sslrootcert=${local.rds_ca_file}" : ""
      }
      secrets         = local.on_postgres ? { PGPASSWORD = "${module.rds[0].secret_arn}:password::" } : {}
      secret_arns     = local.on_postgres ? [module.rds[0].secret_arn] : []
      secret_key_arns = compact([var.postgres.kms_key_arn])
    }
    dynamodb = {
      command = []
      environment = {
        CART_STORE_TYPE     = "dynamodb"
        DYNAMODB_TABLE_NAME = local.table_name
        AWS_REGION          = var.region
      }
      secrets         = {}
      secret_arns     = []
      secret_key_arns = []
    }
  }
}

module "network" {
  source = "./modules/network"

  name                    = local.prefix
  region                  = var.region
  account_id              = var.account_id
  cidr                    = var.vpc_cidr
  zones                   = var.zones
  nat_gateways            = var.nat_gateways
  table_name              = local.table_name
  flow_log_retention_days = var.log_retention_days
}

module "ecr" {
  source = "./modules/ecr"

  name         = local.prefix
  force_delete = !var.production
}

module "alb" {
  source = "./modules/alb"

  name            = local.prefix
  region          = var.region
  account_id      = var.account_id
  production      = var.production
  internal        = var.internal
  vpc_id          = module.network.vpc_id
  subnet_ids      = var.internal ? module.network.private_subnet_ids : module.network.public_subnet_ids
  stores          = local.stores
  active_store    = var.database
  fixed_ports     = var.compare ? { postgres = 8443, dynamodb = 9443 } : {}
  ingress_cidrs   = var.ingress_cidrs
  fixed_cidrs     = var.compare_cidrs
  certificate_arn = var.certificate_arn
  tls_policy      = var.tls_policy
  container_port  = local.container_port
  # At least as long as the drain, during which a target still responds.
  deregistration_delay_seconds = var.drain_seconds + 10
  log_retention_days           = var.log_retention_days
}

module "ecs" {
  source = "./modules/ecs"

  name                            = local.prefix
  region                          = var.region
  account_id                      = var.account_id
  vpc_id                          = module.network.vpc_id
  subnet_ids                      = module.network.private_subnet_ids
  image                           = "${module.ecr.repository_url}:${var.image_tag}"
  repository_arn                  = module.ecr.repository_arn
  container_port                  = local.container_port
  load_balancer_security_group_id = module.alb.security_group_id
  load_balancer_suffix            = module.alb.arn_suffix
  cpu                             = var.task.cpu
  memory                          = var.task.memory
  min_tasks                       = var.task.min
  max_tasks                       = var.task.max
  cpu_target_percent              = var.task.cpu_target_percent
  requests_per_target             = var.task.requests_per_target
  stop_timeout_seconds            = var.drain_seconds + 10
  log_retention_days              = var.log_retention_days

  stores = { for store in local.stores : store => {
    target_group_arn    = module.alb.target_group_arns[store]
    target_group_suffix = module.alb.target_group_suffixes[store]
    command             = local.services[store].command
    environment         = merge(local.settings, local.services[store].environment)
    secrets             = local.services[store].secrets
    secret_arns         = local.services[store].secret_arns
    secret_key_arns     = local.services[store].secret_key_arns
  } }

  task_policies = local.on_dynamodb ? { dynamodb = module.dynamodb[0].task_policy } : {}
  # The password is rotated within the preceding hour.
  redeploy_schedules = local.on_postgres ? { postgres = "cron(5 ${var.postgres.rotation_hour + 1} ? * 1#1 *)" } : {}
}

module "rds" {
  source = "./modules/rds"
  count  = local.on_postgres ? 1 : 0

  name                     = "${local.prefix}-postgres"
  production               = var.production
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.database_subnet_ids
  client_security_group_id = module.ecs.security_group_ids["postgres"]
  engine_version           = var.postgres.engine_version
  instance_class           = var.postgres.instance_class
  storage_gb               = var.postgres.storage_gb
  max_storage_gb           = var.postgres.max_storage_gb
  max_connections          = var.postgres.max_connections
  max_tasks                = var.task.max
  pool_size                = var.pool_size
  backup_retention_days    = var.postgres.backup_retention_days
  backup_window            = var.postgres.backup_window
  maintenance_window       = var.postgres.maintenance_window
  rotation_hour            = var.postgres.rotation_hour
  performance_insights     = var.postgres.performance_insights
  kms_key_arn              = var.postgres.kms_key_arn
  log_retention_days       = var.log_retention_days
}

module "dynamodb" {
  source = "./modules/dynamodb"
  count  = local.on_dynamodb ? 1 : 0

  name            = local.table_name
  production      = var.production
  region          = var.region
  max_read_units  = var.dynamodb.max_read_units
  max_write_units = var.dynamodb.max_write_units
  kms_key_arn     = var.dynamodb.kms_key_arn
}

module "observability" {
  source = "./modules/observability"

  name                  = local.prefix
  region                = var.region
  stores                = local.stores
  load_balancer_suffix  = module.alb.arn_suffix
  target_group_suffixes = module.alb.target_group_suffixes
  cluster_name          = module.ecs.cluster_name
  service_names         = module.ecs.service_names
  database_instance     = local.on_postgres ? module.rds[0].instance_id : null
  max_connections       = local.on_postgres ? module.rds[0].max_connections : null
  table_name            = local.on_dynamodb ? module.dynamodb[0].table_name : null
  alarm_actions         = var.alarm_actions
  thresholds            = var.thresholds
}

module "cicd" {
  source = "./modules/cicd"
  count  = var.github == null ? 0 : 1

  name                 = local.prefix
  account_id           = var.account_id
  github_repository    = var.github.repository
  github_environment   = var.github.environment
  create_oidc_provider = var.github.create_oidc_provider
  repository_arn       = module.ecr.repository_arn
  state_bucket         = var.github.state_bucket
  state_key            = var.github.state_key
}
