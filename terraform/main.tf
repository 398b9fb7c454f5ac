# pushcart on AWS. `stores` are deployed, and `database`, one of them, is behind port 443. `compare` gives each store a port of
# its own. The caller configures the provider: see examples/dev and examples/prod.

data "aws_partition" "current" {}

data "aws_availability_zones" "available" {
  count = var.zones == null ? 1 : 0

  state = "available"

  # No local zones.
  filter {
    name   = "zone-type"
    values = ["availability-zone"]
  }
}

locals {
  prefix     = "${var.name}-${var.environment}"
  partition  = data.aws_partition.current.partition
  zones      = var.zones == null ? slice(data.aws_availability_zones.available[0].names, 0, var.zone_count) : var.zones
  table_name = "${local.prefix}-carts"

  stores      = var.stores
  on_postgres = contains(local.stores, "postgres")
  on_dynamodb = contains(local.stores, "dynamodb")

  container_port = 8080
  # Path of Amazon's RDS certificates in the image.
  rds_ca_file = "/etc/pushcart/rds-global-bundle.pem"

  # Not a port of the target group, so that nothing outside a task reaches it; a collector is another container of the task.
  # The load balancer sends requests to a stopping task for some seconds.
  settings = merge({ METRICS_PORT = "9464", DRAIN_GRACE_MS = tostring(floor(min(5, var.drain_seconds / 2) * 1000)) }, var.settings, {
    HOST               = "0.0.0.0"
    PORT               = tostring(local.container_port)
    TRUSTED_PROXIES    = "1"
    DRAIN_TIMEOUT_MS   = tostring(var.drain_seconds * 1000)
    DATABASE_POOL_SIZE = tostring(var.pool_size)
  })

  # The service logs in by tokens of IAM, as a role that a container of its own creates with the master user's password before
  # each start of the service; or, with auth = "secret", as the master user, whose password is the only one that RDS rotates.
  by_iam = local.on_postgres && var.postgres.auth == "iam"

  # Of a global table whose regions all serve.
  home_environment = var.homes == null ? {} : {
    HOME_REGION   = var.region
    HOME_REGIONS  = join(",", var.homes.regions)
    HOME_VERSION  = tostring(var.homes.version)
    HOME_REQUESTS = var.homes.requests
  }
  # Where writes of this region are copied, as far as this deployment knows.
  copied_to   = local.on_dynamodb ? toset(concat(keys(var.dynamodb.replica_regions), compact([var.dynamodb.replica_of]), local.other_homes)) : toset([])
  other_homes = var.homes == null ? [] : [for entry in var.homes.regions : split("=", entry)[0] if split("=", entry)[0] != var.region]

  # Each service has the settings of its store only.
  services = {
    postgres = {
      command = ["--migrate"]
      environment = !local.on_postgres ? {} : merge(
        { CART_STORE_TYPE = "postgres", DATABASE_URL = module.rds[0].database_url },
        local.by_iam ? { DATABASE_AUTH = "aws-iam", AWS_REGION = var.region } : { DATABASE_SECRET_ARN = module.rds[0].secret_arn, AWS_REGION = var.region },
        var.postgres.proxy ? { DATABASE_SESSION_SETTINGS = "role" } : {},
        var.postgres.replicas > 0 ? { DATABASE_READ_URL = module.rds[0].read_url } : {},
      )
      init = local.by_iam && !var.postgres.proxy ? { role = {
        name        = "application-role"
        script      = file("${path.module}/modules/ecs/application-role.js")
        environment = { DATABASE_URL = module.rds[0].owner_url, APPLICATION_ROLE = module.rds[0].application_role }
        secrets     = { PGPASSWORD = "${module.rds[0].secret_arn}:password::" }
      } } : {}
      secret_arns     = local.by_iam && !var.postgres.proxy ? [module.rds[0].secret_arn] : []
      secret_key_arns = local.by_iam && !var.postgres.proxy ? compact([var.postgres.kms_key_arn]) : []
    }
    dynamodb = {
      command         = []
      environment     = merge({ CART_STORE_TYPE = "dynamodb", DYNAMODB_TABLE_NAME = local.table_name, AWS_REGION = var.region }, local.home_environment)
      init            = {}
      secret_arns     = []
      secret_key_arns = []
    }
  }

  # During a move, for the tasks of `move.from`: the other store, and what only `pushcart-service move` does to the table.
  move_environments = {
    dynamodb = { MOVE_TO_CART_STORE_TYPE = "dynamodb", MOVE_TO_DYNAMODB_TABLE_NAME = local.table_name, AWS_REGION = var.region }
    postgres = !local.on_postgres ? {} : merge(
      { MOVE_TO_CART_STORE_TYPE = "postgres", MOVE_TO_DATABASE_URL = module.rds[0].database_url },
      local.by_iam ? { MOVE_TO_DATABASE_AUTH = "aws-iam" } : { MOVE_TO_DATABASE_SECRET_ARN = module.rds[0].secret_arn },
    )
  }
  task_environments = { for store in local.stores : store => merge(
    local.settings,
    local.services[store].environment,
    store == try(var.move.from, null) ? local.move_environments[var.move.to] : {},
  ) }
  mover_security_group_id = local.on_postgres ? module.ecs.security_group_ids[try(var.move.from, "postgres")] : null
  move_actions            = var.move == null ? [] : var.move.from == "dynamodb" ? ["dynamodb:Scan", "dynamodb:DeleteItem"] : ["dynamodb:Scan"]
  move_policy = var.move == null ? {} : { (var.move.from) = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      jsondecode(module.rds[0].task_policy).Statement,
      jsondecode(module.dynamodb[0].task_policy).Statement,
      [{
        Sid      = "MoveCarts"
        Effect   = "Allow"
        Action   = local.move_actions
        Resource = module.dynamodb[0].table_arn
      }],
    )
  }) }
}

module "network" {
  source = "./modules/network"

  name                    = local.prefix
  region                  = var.region
  account_id              = var.account_id
  cidr                    = var.vpc_cidr
  partition               = local.partition
  zones                   = local.zones
  nat_gateways            = var.nat_gateways
  table_name              = local.table_name
  table_actions           = local.move_actions
  flow_log_retention_days = var.log_retention_days
}

module "ecr" {
  source = "./modules/ecr"

  name         = local.prefix
  force_delete = !var.production
  kms_key_arn  = var.image_kms_key_arn
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
  partition       = local.partition
  web_acl_arn     = var.web_acl_arn
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
  image                           = "${module.ecr.repository_url}@${var.image_digest}"
  partition                       = local.partition
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
    environment         = local.task_environments[store]
    init                = local.services[store].init
    secret_arns         = local.services[store].secret_arns
    secret_key_arns     = local.services[store].secret_key_arns
  } }

  task_policies = merge(
    local.on_postgres ? { postgres = module.rds[0].task_policy } : {},
    local.on_dynamodb ? { dynamodb = module.dynamodb[0].task_policy } : {},
    local.move_policy,
  )
}

module "rds" {
  source = "./modules/rds"
  count  = local.on_postgres ? 1 : 0

  name                             = "${local.prefix}-postgres"
  production                       = var.production
  vpc_id                           = module.network.vpc_id
  subnet_ids                       = module.network.database_subnet_ids
  client_security_group_id         = module.ecs.security_group_ids["postgres"]
  moved_to                         = try(var.move.to, null) == "postgres"
  mover_security_group_id          = local.mover_security_group_id
  region                           = var.region
  account_id                       = var.account_id
  partition                        = local.partition
  ca_file                          = local.rds_ca_file
  engine                           = var.postgres.engine
  serverless                       = var.postgres.serverless
  replicas                         = var.postgres.replicas
  proxy                            = var.postgres.proxy
  auth                             = var.postgres.auth
  statement_timeout_ms             = tonumber(lookup(var.settings, "DATABASE_STATEMENT_TIMEOUT_MS", 5000))
  snapshot_identifier              = var.postgres.snapshot_identifier
  ca_certificate                   = var.postgres.ca_certificate
  engine_version                   = var.postgres.engine_version
  allow_major_version_upgrade      = var.postgres.allow_major_version_upgrade
  running_max_connections          = var.postgres.running_max_connections
  performance_insights_kms_key_arn = var.postgres.performance_insights_kms_key_arn
  instance_class                   = var.postgres.instance_class
  storage_gb                       = var.postgres.storage_gb
  max_storage_gb                   = var.postgres.max_storage_gb
  max_connections                  = var.postgres.max_connections
  max_tasks                        = var.task.max
  pool_size                        = var.pool_size
  backup_retention_days            = var.postgres.backup_retention_days
  backup_window                    = var.postgres.backup_window
  maintenance_window               = var.postgres.maintenance_window
  rotation_hour                    = var.postgres.rotation_hour
  performance_insights             = var.postgres.performance_insights
  kms_key_arn                      = var.postgres.kms_key_arn
  log_retention_days               = var.log_retention_days
}

module "dynamodb" {
  source = "./modules/dynamodb"
  count  = local.on_dynamodb ? 1 : 0

  name            = local.table_name
  production      = var.production
  region          = var.region
  account_id      = var.account_id
  partition       = local.partition
  replica_regions = var.dynamodb.replica_regions
  replica_of      = var.dynamodb.replica_of
  home_regions    = { for region in local.other_homes : region => { kms_key_arn = lookup(var.homes.kms_key_arns, region, null) } }
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
  database_cluster      = local.on_postgres ? module.rds[0].cluster_id : null
  replica_instances     = local.on_postgres ? module.rds[0].replica_ids : []
  log_retention_days    = var.log_retention_days
  max_connections       = local.on_postgres ? module.rds[0].max_connections : null
  table_name            = local.on_dynamodb ? module.dynamodb[0].table_name : null
  replica_regions       = local.copied_to
  homes_log_group       = var.homes == null ? null : module.ecs.log_group_names["dynamodb"]
  alarm_actions         = var.alarm_actions
  thresholds            = var.thresholds
}

module "cicd" {
  source = "./modules/cicd"
  count  = var.github == null ? 0 : 1

  name                 = local.prefix
  account_id           = var.account_id
  region               = var.region
  partition            = local.partition
  github_repository    = var.github.repository
  github_environment   = var.github.environment
  create_oidc_provider = var.github.create_oidc_provider
  repository_arn       = module.ecr.repository_arn
  state_bucket         = var.github.state_bucket
  state_key            = var.github.state_key
}
