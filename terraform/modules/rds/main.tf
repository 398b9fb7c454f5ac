locals {
  # A deployment runs old and new tasks side by side, up to twice the maximum. PostgreSQL and RDS reserve a few connections,
  # and an operator needs one.
  reserved_connections = 15
  needed_connections   = var.max_tasks * 2 * var.pool_size + local.reserved_connections

  # Start and end of the daily and the weekly window, minutes since midnight.
  backup      = [for time in split("-", var.backup_window) : tonumber(split(":", time)[0]) * 60 + tonumber(split(":", time)[1])]
  maintenance = [for time in split("-", var.maintenance_window) : tonumber(split(":", time)[1]) * 60 + tonumber(split(":", time)[2])]

  log_exports = toset(["postgresql", "upgrade"])
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-postgres"
  description = "PostgreSQL: the tasks on it, nobody else"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-postgres" }
}

resource "aws_vpc_security_group_ingress_rule" "from_tasks" {
  security_group_id            = aws_security_group.this.id
  description                  = "From the tasks"
  referenced_security_group_id = var.client_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_database" {
  security_group_id            = var.client_security_group_id
  description                  = "To PostgreSQL"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres${var.engine_version}"

  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "max_connections"
    value        = tostring(var.max_connections)
    apply_method = "pending-reboot"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Created before the instance: a group that RDS creates has no retention.
resource "aws_cloudwatch_log_group" "export" {
  for_each = local.log_exports

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_db_instance" "this" {
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  db_name                       = var.database_name
  username                      = var.username
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.kms_key_arn

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1"

  multi_az                   = var.production
  deletion_protection        = var.production
  skip_final_snapshot        = !var.production
  final_snapshot_identifier  = var.production ? "${var.name}-final" : null
  delete_automated_backups   = !var.production
  copy_tags_to_snapshot      = true
  backup_retention_period    = var.backup_retention_days
  backup_window              = var.backup_window
  maintenance_window         = var.maintenance_window
  auto_minor_version_upgrade = true
  apply_immediately          = !var.production

  enabled_cloudwatch_logs_exports = local.log_exports
  performance_insights_enabled    = var.performance_insights

  lifecycle {
    precondition {
      condition     = var.max_connections >= local.needed_connections
      error_message = "max_connections must be at least ${local.needed_connections} (got ${var.max_connections}): a deployment runs up to twice ${var.max_tasks} tasks with ${var.pool_size} connections each."
    }

    precondition {
      condition     = local.backup[1] <= local.maintenance[0] || local.maintenance[1] <= local.backup[0]
      error_message = "The backup window ${var.backup_window} and the maintenance window ${var.maintenance_window} overlap."
    }

    precondition {
      condition     = !var.production || var.backup_retention_days >= 7
      error_message = "backup_retention_days must be at least 7 in production."
    }
  }

  depends_on = [aws_cloudwatch_log_group.export]
}

# By default RDS rotates its managed password every seven days. The rotation happens within the hour that begins at this
# time; the tasks are replaced after that hour (see modules/ecs/redeploy.tf).
resource "aws_secretsmanager_secret_rotation" "master" {
  secret_id          = aws_db_instance.this.master_user_secret[0].secret_arn
  rotate_immediately = false

  rotation_rules {
    schedule_expression = "cron(0 ${var.rotation_hour} ? * 1#1 *)"
    duration            = "1h"
  }
}
