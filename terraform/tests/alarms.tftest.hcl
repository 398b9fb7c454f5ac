# What the module observability watches: each alarm row by row, and the layout of the dashboard.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                  = "pushcart-test"
  region                = "eu-west-1"
  stores                = ["postgres", "dynamodb"]
  load_balancer_suffix  = "app/pushcart/50dc6c495c0c9188"
  target_group_suffixes = { postgres = "targetgroup/postgres/73e2d6bc24d8a067", dynamodb = "targetgroup/dynamodb/73e2d6bc24d8a068" }
  cluster_name          = "pushcart-test"
  service_names         = { postgres = "postgres", dynamodb = "dynamodb" }
  database_instance     = "pushcart-test-postgres"
  replica_instances     = ["pushcart-test-postgres-replica-0"]
  max_connections       = 200
  table_name            = "pushcart-test-carts"
  replica_regions       = ["us-east-1", "ap-south-1"]
  homes_log_group       = "/pushcart-test/dynamodb"
  alarm_actions         = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
  log_retention_days    = 7
}

run "alarms" {
  command = plan

  module {
    source = "./modules/observability"
  }

  # metric, namespace, statistic, comparison, threshold, missing data
  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.target : key => [
      alarm.metric_name, alarm.namespace, coalesce(alarm.statistic, alarm.extended_statistic), alarm.comparison_operator, tostring(alarm.threshold), alarm.treat_missing_data,
      ]
      } == { for pair in setproduct(["postgres", "dynamodb"], ["5xx", "p99", "unhealthy"]) : "${pair[0]}-${pair[1]}" => {
        "5xx"     = ["HTTPCode_Target_5XX_Count", "AWS/ApplicationELB", "Sum", "GreaterThanThreshold", "10", "notBreaching"]
        p99       = ["TargetResponseTime", "AWS/ApplicationELB", "p99", "GreaterThanThreshold", "0.5", "notBreaching"]
        unhealthy = ["UnHealthyHostCount", "AWS/ApplicationELB", "Maximum", "GreaterThanThreshold", "0", "notBreaching"]
    }[pair[1]] }
    error_message = "Errors, latency and dead tasks of each store."
  }

  assert {
    condition     = alltrue([for key, alarm in aws_cloudwatch_metric_alarm.target : alarm.dimensions.TargetGroup == var.target_group_suffixes[split("-", key)[0]] && alarm.dimensions.LoadBalancer == var.load_balancer_suffix && alarm.period == 60 && alarm.datapoints_to_alarm <= alarm.evaluation_periods && alarm.evaluation_periods <= 5])
    error_message = "Each alarm watches the target group of its store and rises within five minutes."
  }

  assert {
    condition = alltrue([for store, alarm in aws_cloudwatch_metric_alarm.no_task :
      alarm.metric_name == "HealthyHostCount" && alarm.namespace == "AWS/ApplicationELB" && alarm.statistic == "Maximum" && alarm.comparison_operator == "LessThanThreshold" && alarm.threshold == 1
      && alarm.treat_missing_data == "breaching" && alarm.dimensions.TargetGroup == var.target_group_suffixes[store]
    ]) && length(aws_cloudwatch_metric_alarm.no_task) == 2
    error_message = "No healthy task is an alarm, also if the load balancer reports nothing."
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.database : key => [
      alarm.metric_name, alarm.namespace, alarm.statistic, alarm.comparison_operator, tostring(alarm.threshold), alarm.treat_missing_data, alarm.dimensions.DBInstanceIdentifier,
      ] } == {
      cpu         = ["CPUUtilization", "AWS/RDS", "Average", "GreaterThanThreshold", "80", "missing", "pushcart-test-postgres"]
      storage     = ["FreeStorageSpace", "AWS/RDS", "Average", "LessThanThreshold", tostring(5 * 1024 * 1024 * 1024), "missing", "pushcart-test-postgres"]
      connections = ["DatabaseConnections", "AWS/RDS", "Average", "GreaterThanThreshold", "160", "missing", "pushcart-test-postgres"]
    }
    error_message = "CPU, storage and connections of the database."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.replica_lag : alarm.metric_name == "ReplicaLag" && alarm.namespace == "AWS/RDS" && alarm.comparison_operator == "GreaterThanThreshold" && alarm.threshold == 30 && alarm.treat_missing_data == "breaching"]) && keys(aws_cloudwatch_metric_alarm.replica_lag) == ["pushcart-test-postgres-replica-0"]
    error_message = "A replica that falls behind or stops."
  }

  assert {
    condition     = [for alarm in aws_cloudwatch_metric_alarm.replica_lag : alarm.alarm_name] == ["pushcart-test-postgres-replica-0-lag"]
    error_message = "The alarm of a replica has the name that the runbook has."
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.throttles : key => sort(flatten([for query in alarm.metric_query : [
      for metric in query.metric : "${metric.namespace} ${metric.metric_name} ${metric.stat} ${metric.period} ${lookup(metric.dimensions, "GlobalSecondaryIndexName", "-")} ${metric.dimensions.TableName}"
      ]])) } == { for key, index in { table = "-", customer-carts = "customer-carts", customer-orders = "customer-orders" } : key => tolist([
      "AWS/DynamoDB ReadThrottleEvents Sum 60 ${index} pushcart-test-carts", "AWS/DynamoDB WriteThrottleEvents Sum 60 ${index} pushcart-test-carts",
    ]) }
    error_message = "Throttled reads and writes of the table and each index."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.throttles : alarm.comparison_operator == "GreaterThanThreshold" && alarm.threshold == 10 && alarm.treat_missing_data == "notBreaching"])
    error_message = "Throttles above the threshold, and none is no alarm."
  }

  assert {
    condition = { for region, alarm in aws_cloudwatch_metric_alarm.replication : region => sort(flatten([for query in alarm.metric_query : [
      for metric in query.metric : "${query.id} ${metric.namespace} ${metric.metric_name} ${metric.stat} ${metric.period} ${join(" ", values(metric.dimensions))}"
      ]])) } == { for region in ["us-east-1", "ap-south-1"] : region => tolist([
      "latency AWS/DynamoDB ReplicationLatency Average 60 ${region} pushcart-test-carts",
      "puts AWS/DynamoDB SuccessfulRequestLatency SampleCount 60 PutItem pushcart-test-carts",
      "updates AWS/DynamoDB SuccessfulRequestLatency SampleCount 60 UpdateItem pushcart-test-carts",
    ]) }
    error_message = "The time until writes of this region arrive in each other region, and the number of writes."
  }

  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.replication :
      alarm.comparison_operator == "GreaterThanThreshold" && alarm.threshold == 30000 && alarm.treat_missing_data == "notBreaching" && alarm.datapoints_to_alarm == alarm.evaluation_periods
      && one([for query in alarm.metric_query : query.expression if query.return_data == true]) == "IF(FILL(puts, 0) + FILL(updates, 0) > 0, FILL(latency, 3600000), FILL(latency, 0))"
    ])
    error_message = "Late copies are an alarm, and so is none of them while there are writes; a night without writes is none."
  }

  assert {
    condition = (
      aws_cloudwatch_log_metric_filter.homes[0].log_group_name == "/pushcart-test/dynamodb" && aws_cloudwatch_log_metric_filter.homes[0].pattern == "{ $.msg = \"HOME_REGIONS contradicts*\" }"
      && aws_cloudwatch_metric_alarm.homes[0].metric_name == aws_cloudwatch_log_metric_filter.homes[0].metric_transformation[0].name && aws_cloudwatch_metric_alarm.homes[0].namespace == aws_cloudwatch_log_metric_filter.homes[0].metric_transformation[0].namespace
      && aws_cloudwatch_metric_alarm.homes[0].comparison_operator == "GreaterThanThreshold" && aws_cloudwatch_metric_alarm.homes[0].threshold == 0
    )
    error_message = "One line of the log about contradicting homes is an alarm."
  }

  assert {
    # A line a minute keeps the alarm until a few minutes after the last one.
    condition     = aws_cloudwatch_metric_alarm.homes[0].period == 60 && aws_cloudwatch_metric_alarm.homes[0].datapoints_to_alarm == 1 && aws_cloudwatch_metric_alarm.homes[0].evaluation_periods >= 2 && aws_cloudwatch_metric_alarm.homes[0].treat_missing_data == "notBreaching"
    error_message = "The alarm on contradicting homes lasts as long as they contradict."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.load_balancer_5xx.metric_name == "HTTPCode_ELB_5XX_Count" && aws_cloudwatch_metric_alarm.load_balancer_5xx.comparison_operator == "GreaterThanThreshold" && aws_cloudwatch_metric_alarm.load_balancer_5xx.dimensions == tomap({ LoadBalancer = "app/pushcart/50dc6c495c0c9188" })
    error_message = "Errors of the load balancer itself."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.ttl_backlog[0].evaluation_periods == 7 && aws_cloudwatch_metric_alarm.ttl_backlog[0].comparison_operator == "GreaterThanThreshold" && toset(flatten([for query in aws_cloudwatch_metric_alarm.ttl_backlog[0].metric_query : [for metric in query.metric : metric.metric_name]])) == toset(["SuccessfulRequestLatency", "TimeToLiveDeletedItemCount"])
    error_message = "A week without deletions by TTL."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.deployments.metric_name == aws_cloudwatch_log_metric_filter.deployments.metric_transformation[0].name && aws_cloudwatch_metric_alarm.deployments.namespace == aws_cloudwatch_log_metric_filter.deployments.metric_transformation[0].namespace && aws_cloudwatch_metric_alarm.deployments.comparison_operator == "GreaterThanThreshold" && aws_cloudwatch_metric_alarm.deployments.threshold == 0
    error_message = "One failed deployment is an alarm."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.deployments.event_pattern).detail.eventName == ["SERVICE_DEPLOYMENT_FAILED"] && jsondecode(aws_cloudwatch_event_rule.deployments.event_pattern).resources == [
      { suffix = ":service/pushcart-test/dynamodb" }, { suffix = ":service/pushcart-test/postgres" },
    ]
    error_message = "The failed deployments of these services."
  }

  # AWS only delivers to a log group of this prefix by the resource policy.
  assert {
    condition     = startswith(aws_cloudwatch_log_group.deployments.name, "/aws/events/") && aws_cloudwatch_log_metric_filter.deployments.log_group_name == aws_cloudwatch_log_group.deployments.name
    error_message = "The events reach the log group that the filter counts."
  }

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.target), values(aws_cloudwatch_metric_alarm.database), values(aws_cloudwatch_metric_alarm.throttles), values(aws_cloudwatch_metric_alarm.no_task),
      values(aws_cloudwatch_metric_alarm.replica_lag), values(aws_cloudwatch_metric_alarm.replication), aws_cloudwatch_metric_alarm.homes, aws_cloudwatch_metric_alarm.ttl_backlog, [aws_cloudwatch_metric_alarm.load_balancer_5xx, aws_cloudwatch_metric_alarm.deployments],
    ) : alarm.alarm_actions == toset(var.alarm_actions) && alarm.ok_actions == toset(var.alarm_actions)])
    error_message = "Every alarm, and its end, is reported."
  }

  assert {
    condition     = output.alarm_names == sort(distinct(output.alarm_names)) && length(output.alarm_names) == 6 + 2 + 3 + 1 + 3 + 3 + 2 + 1
    error_message = "Every alarm has its own name, and the output names all."
  }

  # Layout: a column per store, the same rows in both, nothing overlaps, everything in the region.
  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.stores.dashboard_body).widgets : widget.width == 12 && contains([0, 12], widget.x) && widget.properties.region == "eu-west-1" && widget.properties.period == 60])
    error_message = "Two columns of half the width, in the region of the deployment."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.stores.dashboard_body).widgets) == 12 && length(distinct([for widget in jsondecode(aws_cloudwatch_dashboard.stores.dashboard_body).widgets : "${widget.x} ${widget.y}"])) == 12
    error_message = "Six rows in each column, none on another."
  }

  assert {
    condition = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.stores.dashboard_body).widgets :
      startswith(widget.properties.title, widget.x == 0 ? "PostgreSQL" : "DynamoDB") && length(widget.properties.metrics) > 0
      && alltrue([for metric in widget.properties.metrics : metric[0] == "AWS/RDS" ? widget.x == 0 : metric[0] == "AWS/DynamoDB" ? widget.x == 12 : contains(["AWS/ApplicationELB", "AWS/ECS"], metric[0])])
    ])
    error_message = "The metrics of a column are those of its store."
  }
}

run "aurora" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    stores            = ["postgres"]
    database_instance = null
    database_cluster  = "pushcart-test-postgres"
    replica_instances = []
    replica_regions   = []
    homes_log_group   = null
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.database : alarm.dimensions == tomap({ DBClusterIdentifier = "pushcart-test-postgres", Role = "WRITER" })]) && aws_cloudwatch_metric_alarm.database["storage"].metric_name == "FreeLocalStorage"
    error_message = "The alarms follow the writer of the cluster through failovers."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.replication) + length(aws_cloudwatch_metric_alarm.homes) + length(aws_cloudwatch_log_metric_filter.homes) == 0
    error_message = "In one region, nothing watches others."
  }

  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.stores.dashboard_body).widgets : widget.width == 24 && widget.x == 0])
    error_message = "One store has the whole width."
  }
}
