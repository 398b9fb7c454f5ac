resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_118:the metrics of RDS and Performance Insights answer what the runbook asks; those of the operating system cost extra
  # checkov:skip=CKV_AWS_157:two zones in production, one where data are disposable
  # checkov:skip=CKV_AWS_293:deletion protection is on in production, off where data are disposable
  # checkov:skip=CKV_AWS_353:the smallest instance classes lack Performance Insights; it is an input
  # checkov:skip=CKV_AWS_354:with Performance Insights the key is kms_key_arn; null is the AWS managed key
  count = local.on_aurora ? 0 : 1

  identifier                  = var.name
  engine                      = "postgres"
  engine_version              = var.engine_version
  allow_major_version_upgrade = var.allow_major_version_upgrade
  instance_class              = var.instance_class

  # A snapshot brings its database along.
  snapshot_identifier           = var.snapshot_identifier
  db_name                       = var.snapshot_identifier == null ? var.database_name : null
  username                      = var.username
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.kms_key_arn
  # Tokens instead of passwords: nothing to leak or to rotate. Each task opens a few connections, far below the limit of about
  # 200 new connections per second.
  iam_database_authentication_enabled = true

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = var.ca_certificate

  multi_az                   = var.production
  deletion_protection        = var.production
  skip_final_snapshot        = !var.production
  final_snapshot_identifier  = var.production ? "${var.name}-final-${terraform_data.created.output}" : null
  delete_automated_backups   = !var.production
  copy_tags_to_snapshot      = true
  backup_retention_period    = var.backup_retention_days
  backup_window              = var.backup_window
  maintenance_window         = var.maintenance_window
  auto_minor_version_upgrade = true
  apply_immediately          = !var.production

  enabled_cloudwatch_logs_exports = local.log_exports
  performance_insights_enabled    = var.performance_insights
  # Cannot be changed once Performance Insights are on.
  performance_insights_kms_key_id = local.insights_key == "none" ? null : local.insights_key

  lifecycle {
    # Decides only where a new instance gets its data from.
    ignore_changes = [snapshot_identifier, db_name]

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
  }

  depends_on = [aws_cloudwatch_log_group.export]
}

moved {
  from = aws_db_instance.this
  to   = aws_db_instance.this[0]
}

resource "aws_db_instance" "replica" {
  # checkov:skip=CKV_AWS_118:as of the instance
  # checkov:skip=CKV_AWS_157:a replica is lost without loss of data
  # checkov:skip=CKV_AWS_293:a replica is lost without loss of data
  # checkov:skip=CKV_AWS_353:as of the instance
  # checkov:skip=CKV_AWS_354:as of the instance
  count = local.on_aurora ? 0 : var.replicas

  identifier          = "${var.name}-replica-${count.index}"
  replicate_source_db = aws_db_instance.this[0].identifier
  instance_class      = var.instance_class
  storage_encrypted   = true

  iam_database_authentication_enabled = true
  vpc_security_group_ids              = [aws_security_group.this.id]
  publicly_accessible                 = false
  parameter_group_name                = aws_db_parameter_group.this.name
  ca_cert_identifier                  = var.ca_certificate
  skip_final_snapshot                 = true
  copy_tags_to_snapshot               = true
  auto_minor_version_upgrade          = true
  maintenance_window                  = var.maintenance_window
  apply_immediately                   = !var.production

  enabled_cloudwatch_logs_exports = local.log_exports
  performance_insights_enabled    = var.performance_insights
  performance_insights_kms_key_id = local.insights_key == "none" ? null : local.insights_key
}
