# PostgreSQL, as an RDS instance or an Aurora cluster (instance.tf, aurora.tf), with its log settings (parameters.tf), reachable
# from the tasks only (access.tf), directly or through RDS Proxy (proxy.tf).

locals {
  on_aurora  = var.engine == "aurora"
  serverless = local.on_aurora && var.serverless != null

  # A deployment runs old and new tasks side by side, up to twice the maximum. PostgreSQL and RDS reserve a few connections,
  # and an operator needs one.
  reserved_connections = 15
  needed_connections   = var.max_tasks * 2 * var.pool_size + local.reserved_connections
  # max_connections is static: until the next reboot, the instance runs with the old value.
  usable_connections = min(var.max_connections, coalesce(var.running_max_connections, var.max_connections))

  # Start and end of the daily and the weekly window, minutes since midnight.
  backup      = [for time in split("-", var.backup_window) : tonumber(split(":", time)[0]) * 60 + tonumber(split(":", time)[1])]
  maintenance = [for time in split("-", var.maintenance_window) : tonumber(split(":", time)[1]) * 60 + tonumber(split(":", time)[2])]

  # "upgrade" exists for RDS only.
  log_exports = local.on_aurora ? toset(["postgresql"]) : toset(["postgresql", "upgrade"])

  insights_key = var.performance_insights ? coalesce(var.performance_insights_kms_key_arn, var.kms_key_arn, "none") : "none"

  secret_arn  = local.on_aurora ? aws_rds_cluster.this[0].master_user_secret[0].secret_arn : aws_db_instance.this[0].master_user_secret[0].secret_arn
  resource_id = local.on_aurora ? aws_rds_cluster.this[0].cluster_resource_id : aws_db_instance.this[0].resource_id
  address     = local.on_aurora ? aws_rds_cluster.this[0].endpoint : aws_db_instance.this[0].address

  read_addresses = (
    var.replicas == 0 ? [] :
    var.proxy ? aws_db_proxy_endpoint.read[*].endpoint :
    local.on_aurora ? [aws_rds_cluster.this[0].reader_endpoint] : aws_db_instance.replica[*].address
  )
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

# Created before the instance: a group that RDS creates has no retention.
resource "aws_cloudwatch_log_group" "export" {
  # checkov:skip=CKV_AWS_158:CloudWatch encrypts logs with its own key; statements are logged without their parameters
  # checkov:skip=CKV_AWS_338:retention is the team's input: logs of a cart are for diagnosis, and what is kept for a year has to be protected for a year
  for_each = local.log_exports

  name              = "/aws/rds/${local.on_aurora ? "cluster" : "instance"}/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
}

# When the database was created, so that each final snapshot has a name of its own.
resource "terraform_data" "created" {
  input = formatdate("YYYYMMDDhhmmss", plantimestamp())

  lifecycle {
    ignore_changes = [input]
  }
}

# By default RDS rotates its managed password every seven days. The service notices no rotation: it logs in by IAM, or reads the
# secret for each new connection.
resource "aws_secretsmanager_secret_rotation" "master" {
  secret_id          = local.secret_arn
  rotate_immediately = false

  rotation_rules {
    schedule_expression = "cron(0 ${var.rotation_hour} ? * 1#1 *)"
    duration            = "1h"
  }
}
