locals {
  on_postgres = contains(var.stores, "postgres")
  on_dynamodb = contains(var.stores, "dynamodb")

  # Alarms on the metrics of the load balancer, for each store.
  target_alarms = {
    "5xx" = {
      metric = "HTTPCode_Target_5XX_Count", statistic = "Sum", percentile = null, threshold = var.thresholds.errors_5xx
      about  = "Server errors of the service per minute"
    }
    "p99" = {
      metric = "TargetResponseTime", statistic = null, percentile = "p99", threshold = var.thresholds.p99_seconds
      about  = "Response time at the 99th percentile, seconds"
    }
    "unhealthy" = {
      metric = "UnHealthyHostCount", statistic = "Maximum", percentile = null, threshold = 0
      about  = "Tasks that do not respond to the load balancer"
    }
  }
  store_alarms = { for pair in setproduct(var.stores, keys(local.target_alarms)) : "${pair[0]}-${pair[1]}" => merge(local.target_alarms[pair[1]], { store = pair[0] }) }

  gb                 = 1024 * 1024 * 1024
  on_aurora          = var.database_cluster != null
  database_dimension = local.on_aurora ? { DBClusterIdentifier = var.database_cluster, Role = "WRITER" } : { DBInstanceIdentifier = var.database_instance }

  database_alarms = !local.on_postgres ? {} : merge({
    cpu         = { metric = "CPUUtilization", comparison = "GreaterThanThreshold", threshold = var.thresholds.database_cpu_percent, about = "CPU of the database, percent" }
    connections = { metric = "DatabaseConnections", comparison = "GreaterThanThreshold", threshold = floor(var.max_connections * 0.8), about = "Connections to the database: 80 % of max_connections" }
    # The storage of Aurora grows by itself; what can fill up is the local storage of an instance.
    storage = { metric = local.on_aurora ? "FreeLocalStorage" : "FreeStorageSpace", comparison = "LessThanThreshold", threshold = var.thresholds.free_storage_gb * local.gb, about = "Free storage of the database, bytes" }
  })

  replicas = toset(var.replica_instances)

  throttle_events = ["ReadThrottleEvents", "WriteThrottleEvents"]
  throttled = local.on_dynamodb ? {
    table           = { TableName = var.table_name }
    customer-carts  = { TableName = var.table_name, GlobalSecondaryIndexName = "customer-carts" }
    customer-orders = { TableName = var.table_name, GlobalSecondaryIndexName = "customer-orders" }
  } : {}
}

resource "aws_cloudwatch_metric_alarm" "load_balancer_5xx" {
  alarm_name          = "${var.name}-load-balancer-5xx"
  alarm_description   = "Errors of the load balancer: no healthy target, or no response from a target"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  dimensions          = { LoadBalancer = var.load_balancer_suffix }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.errors_5xx
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "target" {
  for_each = local.store_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.about} (${each.value.store})"
  namespace           = "AWS/ApplicationELB"
  metric_name         = each.value.metric
  dimensions          = { LoadBalancer = var.load_balancer_suffix, TargetGroup = var.target_group_suffixes[each.value.store] }
  statistic           = each.value.statistic
  extended_statistic  = each.value.percentile
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}

# Without a healthy task the load balancer reports nothing, so missing data are breaching.
resource "aws_cloudwatch_metric_alarm" "no_task" {
  for_each = var.stores

  alarm_name          = "${var.name}-${each.key}-no-task"
  alarm_description   = "No healthy task (${each.key})"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = var.load_balancer_suffix, TargetGroup = var.target_group_suffixes[each.key] }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}

# Eventual reads fall further and further behind.
resource "aws_cloudwatch_metric_alarm" "replica_lag" {
  for_each = local.replicas

  alarm_name          = "${var.name}-${trimprefix(each.key, "${var.name}-")}-lag"
  alarm_description   = "Seconds that a read replica is behind"
  namespace           = "AWS/RDS"
  metric_name         = "ReplicaLag"
  dimensions          = { DBInstanceIdentifier = each.key }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.replica_lag_seconds
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "database" {
  for_each = local.database_alarms

  alarm_name          = "${var.name}-database-${each.key}"
  alarm_description   = each.value.about
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = local.database_dimension
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = "missing"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}

# The cost limit or a hot partition throttles. A throttled index blocks writes to the table.
resource "aws_cloudwatch_metric_alarm" "throttles" {
  for_each = local.throttled

  alarm_name          = "${var.name}-throttles-${each.key}"
  alarm_description   = "Throttled requests of DynamoDB per minute (${each.key})"
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.throttles
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions

  metric_query {
    id          = "throttles"
    expression  = "FILL(reads, 0) + FILL(writes, 0)"
    label       = "Throttled requests"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { reads = local.throttle_events[0], writes = local.throttle_events[1] }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value
        dimensions  = each.value
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

# DynamoDB has no metric for expired items that TTL has not deleted yet. If carts were created on each of seven days and none
# was deleted, TTL is off or stuck, and storage costs grow. In the first nine days of a table, no deletions are normal: carts
# live for seven days, and TTL may take two more.
resource "aws_cloudwatch_metric_alarm" "ttl_backlog" {
  count = local.on_dynamodb ? 1 : 0

  alarm_name          = "${var.name}-ttl-backlog"
  alarm_description   = "Carts were created on each of seven days and TTL deleted none"
  evaluation_periods  = 7
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions

  metric_query {
    id          = "backlog"
    expression  = "IF(FILL(made, 0) > 0 AND FILL(deleted, 0) == 0, 1, 0)"
    label       = "Days without deletions"
    return_data = true
  }

  metric_query {
    id = "made"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "SuccessfulRequestLatency"
      dimensions  = { TableName = var.table_name, Operation = "PutItem" }
      stat        = "SampleCount"
      period      = 86400
    }
  }

  metric_query {
    id = "deleted"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "TimeToLiveDeletedItemCount"
      dimensions  = { TableName = var.table_name }
      stat        = "Sum"
      period      = 86400
    }
  }
}

resource "aws_cloudwatch_dashboard" "stores" {
  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = local.widgets })
}
