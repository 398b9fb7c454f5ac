locals {
  family = "${local.on_aurora ? "aurora-postgresql" : "postgres"}${var.engine_version}"

  # Slow statements are logged for diagnosis, without their parameters, which are customer ids, cart ids and keys. Terse, because
  # the detail of an error quotes the values of a key or a row.
  logging = {
    log_min_duration_statement        = "1000"
    log_parameter_max_length          = "0"
    log_parameter_max_length_on_error = "0"
    log_error_verbosity               = "terse"
  }

  # RDS Proxy gives each transaction another session, so the settings that the service otherwise gives its sessions
  # (packages/service/src/store/postgres/session.ts) come from here. An operator sets them back in a session.
  session = !var.proxy ? {} : {
    statement_timeout = tostring(var.statement_timeout_ms)
    lock_timeout      = tostring(ceil(var.statement_timeout_ms / 4))
    plan_cache_mode   = "force_generic_plan"
    enable_seqscan    = "0"
    enable_hashjoin   = "0"
    enable_mergejoin  = "0"
  }
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = local.family

  # Static: the instance has the new value after its next reboot. The output reboot_required says so.
  dynamic "parameter" {
    # An Aurora Serverless instance computes max_connections from its maximum capacity.
    for_each = local.serverless ? {} : { max_connections = tostring(var.max_connections) }

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }

  dynamic "parameter" {
    for_each = local.on_aurora ? {} : merge({ "rds.force_ssl" = "1" }, local.logging, local.session)

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_rds_cluster_parameter_group" "this" {
  count = local.on_aurora ? 1 : 0

  name_prefix = "${var.name}-"
  family      = local.family

  dynamic "parameter" {
    for_each = merge({ "rds.force_ssl" = "1" }, local.logging, local.session)

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
