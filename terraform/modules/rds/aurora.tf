resource "aws_rds_cluster" "this" {
  # checkov:skip=CKV_AWS_139:deletion protection is on in production, off where data are disposable
  # checkov:skip=CKV_AWS_327:kms_key_arn selects a customer key; null is the AWS managed key
  # checkov:skip=CKV2_AWS_8:automatic backups with point-in-time recovery; a plan of AWS Backup is the account's
  # checkov:skip=CKV2_AWS_27:statements slower than a second are logged; all statements would cost more than they answer
  count = local.on_aurora ? 1 : 0

  cluster_identifier          = var.name
  engine                      = "aurora-postgresql"
  engine_version              = var.engine_version
  allow_major_version_upgrade = var.allow_major_version_upgrade

  snapshot_identifier                 = var.snapshot_identifier
  database_name                       = var.snapshot_identifier == null ? var.database_name : null
  master_username                     = var.username
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = var.kms_key_arn
  iam_database_authentication_enabled = true

  storage_encrypted = true
  kms_key_id        = var.kms_key_arn

  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = [aws_security_group.this.id]
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this[0].name

  deletion_protection          = var.production
  skip_final_snapshot          = !var.production
  final_snapshot_identifier    = var.production ? "${var.name}-final-${terraform_data.created.output}" : null
  delete_automated_backups     = !var.production
  copy_tags_to_snapshot        = true
  backup_retention_period      = var.backup_retention_days
  preferred_backup_window      = var.backup_window
  preferred_maintenance_window = var.maintenance_window
  apply_immediately            = !var.production

  enabled_cloudwatch_logs_exports = local.log_exports

  dynamic "serverlessv2_scaling_configuration" {
    for_each = local.serverless ? [var.serverless] : []

    content {
      min_capacity = serverlessv2_scaling_configuration.value.min_acu
      max_capacity = serverlessv2_scaling_configuration.value.max_acu
    }
  }

  lifecycle {
    ignore_changes = [snapshot_identifier, database_name]

    precondition {
      condition     = local.usable_connections >= local.needed_connections
      error_message = "max_connections must be at least ${local.needed_connections} (got ${local.usable_connections}): a deployment runs up to twice ${var.max_tasks} tasks with ${var.pool_size} connections each."
    }

    precondition {
      condition     = local.backup[1] <= local.maintenance[0] || local.maintenance[1] <= local.backup[0]
      error_message = "The backup window ${var.backup_window} and the maintenance window ${var.maintenance_window} overlap."
    }

    precondition {
      condition     = !var.production || var.backup_retention_days >= 7
      error_message = "backup_retention_days must be at least 7 in production."
    }

    precondition {
      condition     = !var.production || var.replicas >= 1
      error_message = "Aurora needs at least one replica in production: without one, a failure of the writer takes minutes."
    }
  }

  depends_on = [aws_cloudwatch_log_group.export]
}

# The writer and its replicas; which is the writer changes with each failover.
resource "aws_rds_cluster_instance" "this" {
  # checkov:skip=CKV_AWS_118:the metrics of RDS and Performance Insights answer what the runbook asks; those of the operating system cost extra
  # checkov:skip=CKV_AWS_353:the smallest instance classes lack Performance Insights; it is an input
  # checkov:skip=CKV_AWS_354:with Performance Insights the key is kms_key_arn; null is the AWS managed key
  count = local.on_aurora ? var.replicas + 1 : 0

  identifier                 = "${var.name}-${count.index}"
  cluster_identifier         = aws_rds_cluster.this[0].cluster_identifier
  engine                     = "aurora-postgresql"
  instance_class             = local.serverless ? "db.serverless" : var.instance_class
  db_parameter_group_name    = aws_db_parameter_group.this.name
  ca_cert_identifier         = var.ca_certificate
  publicly_accessible        = false
  copy_tags_to_snapshot      = true
  auto_minor_version_upgrade = true
  apply_immediately          = !var.production
  # The first two take over first.
  promotion_tier = count.index < 2 ? 0 : 1

  performance_insights_enabled    = var.performance_insights
  performance_insights_kms_key_id = local.insights_key == "none" ? null : local.insights_key
}
