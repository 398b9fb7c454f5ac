# Of a global table: writes that do not arrive in the other regions, and regions that contradict each other about the homes of carts.

locals {
  # In place of a latency (milliseconds) that is missing although there were writes: nothing arrives.
  nothing_arrives = 3600000
}

# DynamoDB reports the latency of copies that have arrived. If none arrives it reports nothing, which looks like a quiet night, so the
# writes count too. CloudWatch can have writes of the latest minute before their latency, so all five minutes must be breaching.
resource "aws_cloudwatch_metric_alarm" "replication" {
  for_each = var.replica_regions

  alarm_name          = "${var.name}-replication-${each.key}"
  alarm_description   = "Milliseconds until writes arrive in ${each.key}; ${local.nothing_arrives} if none arrives"
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.replication_seconds * 1000
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions

  metric_query {
    id          = "delay"
    expression  = "IF(FILL(puts, 0) + FILL(updates, 0) > 0, FILL(latency, ${local.nothing_arrives}), FILL(latency, 0))"
    label       = "Milliseconds until writes arrive in ${each.key}"
    return_data = true
  }

  metric_query {
    id = "latency"

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = "ReplicationLatency"
      dimensions  = { TableName = var.table_name, ReceivingRegion = each.key }
      stat        = "Average"
      period      = 60
    }
  }

  dynamic "metric_query" {
    for_each = { puts = "PutItem", updates = "UpdateItem" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = "SuccessfulRequestLatency"
        dimensions  = { TableName = var.table_name, Operation = metric_query.value }
        stat        = "SampleCount"
        period      = 60
      }
    }
  }
}

# The tasks log it at least once a minute for as long as it lasts (packages/service/src/run/home-watch.ts; a test compares the texts).
resource "aws_cloudwatch_log_metric_filter" "homes" {
  count = var.homes_log_group == null ? 0 : 1

  name           = "${var.name}-homes"
  log_group_name = var.homes_log_group
  pattern        = "{ $.msg = \"HOME_REGIONS contradicts*\" }"

  metric_transformation {
    name      = "ContradictingHomes"
    namespace = "pushcart/${var.name}"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "homes" {
  count = var.homes_log_group == null ? 0 : 1

  alarm_name          = "${var.name}-homes-contradict"
  alarm_description   = "Another region has different homes of carts: changes of some carts are refused"
  namespace           = "pushcart/${var.name}"
  metric_name         = aws_cloudwatch_log_metric_filter.homes[0].metric_transformation[0].name
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}
