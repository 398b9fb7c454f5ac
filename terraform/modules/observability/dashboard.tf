# One dashboard with a column per store and the same rows in both: client metrics, tasks, database.

locals {
  titles  = { postgres = "PostgreSQL", dynamodb = "DynamoDB" }
  columns = [for store in ["postgres", "dynamodb"] : store if contains(var.stores, store)]
  width   = 24 / length(local.columns)

  common_rows = { for store in local.columns : store => [
    {
      title = "requests per minute"
      stat  = "Sum"
      metrics = [
        ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.load_balancer_suffix, "TargetGroup", var.target_group_suffixes[store]],
        ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", var.load_balancer_suffix, "TargetGroup", var.target_group_suffixes[store]],
      ]
    },
    {
      title = "response time at the 99th percentile, seconds"
      stat  = "p99"
      metrics = [
        ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer_suffix, "TargetGroup", var.target_group_suffixes[store]],
      ]
    },
    {
      title = "tasks: CPU and memory, percent"
      stat  = "Average"
      metrics = [
        ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster_name, "ServiceName", var.service_names[store]],
        ["AWS/ECS", "MemoryUtilization", "ClusterName", var.cluster_name, "ServiceName", var.service_names[store]],
      ]
    },
  ] }

  database_words = flatten([for name, value in local.database_dimension : [name, value]])

  # All rows have the same fields, so that the lists can be concatenated.
  own_rows = {
    postgres = [
      { title = "database: CPU, percent", stat = "Average", metrics = [concat(["AWS/RDS", "CPUUtilization"], local.database_words)] },
      { title = "database: connections", stat = "Average", metrics = [concat(["AWS/RDS", "DatabaseConnections"], local.database_words)] },
      { title = "database: read and write latency, seconds", stat = "Average", metrics = [
        concat(["AWS/RDS", "ReadLatency"], local.database_words),
        concat(["AWS/RDS", "WriteLatency"], local.database_words),
      ] },
    ]
    dynamodb = [
      { title = "table: consumed units per minute", stat = "Sum", metrics = [
        ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", var.table_name],
        ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", var.table_name],
      ] },
      { title = "table: throttles, deletions by TTL", stat = "Sum", metrics = [
        ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", var.table_name],
        ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", var.table_name],
        ["AWS/DynamoDB", "TimeToLiveDeletedItemCount", "TableName", var.table_name],
      ] },
      { title = "table: read and write latency, milliseconds", stat = "Average", metrics = [
        ["AWS/DynamoDB", "SuccessfulRequestLatency", "TableName", var.table_name, "Operation", "GetItem"],
        ["AWS/DynamoDB", "SuccessfulRequestLatency", "TableName", var.table_name, "Operation", "UpdateItem"],
      ] },
    ]
  }

  widgets = flatten([for column, store in local.columns : [
    for row, content in concat(local.common_rows[store], local.own_rows[store]) : {
      type   = "metric"
      x      = column * local.width
      y      = row * 6
      width  = local.width
      height = 6
      properties = {
        title   = "${local.titles[store]}: ${content.title}"
        region  = var.region
        period  = 60
        stat    = content.stat
        metrics = content.metrics
        # From zero, so that the columns can be compared by eye.
        yAxis = { left = { min = 0 } }
      }
    }
  ]])
}
