output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.stores.dashboard_name
}

output "alarm_names" {
  description = "Names of all alarms."
  value = sort(concat(
    [aws_cloudwatch_metric_alarm.load_balancer_5xx.alarm_name],
    [aws_cloudwatch_metric_alarm.deployments.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.no_task : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.replica_lag : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.target : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.database : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.throttles : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.ttl_backlog : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.replication : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.homes : alarm.alarm_name],
  ))
}
