# ECS rolls a failed deployment back and reports it as an event only. The events go to a log group, whose filter counts them: so
# the alarm has the same actions as every other alarm, whatever they are.

resource "aws_cloudwatch_event_rule" "deployments" {
  name        = "${var.name}-deployments"
  description = "Failed deployments of the services"

  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Deployment State Change"]
    detail      = { eventName = ["SERVICE_DEPLOYMENT_FAILED"] }
    resources   = [for name in values(var.service_names) : { suffix = ":service/${var.cluster_name}/${name}" }]
  })
}

resource "aws_cloudwatch_log_group" "deployments" {
  # checkov:skip=CKV_AWS_158:events of deployments contain no customer data
  # checkov:skip=CKV_AWS_338:a failed deployment is looked into within days
  name              = "/aws/events/${var.name}-deployments"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_resource_policy" "deployments" {
  policy_name = "${var.name}-deployments"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EventsWriteLog"
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.deployments.arn}:*"
    }]
  })
}

resource "aws_cloudwatch_event_target" "deployments" {
  rule = aws_cloudwatch_event_rule.deployments.name
  arn  = aws_cloudwatch_log_group.deployments.arn

  depends_on = [aws_cloudwatch_log_resource_policy.deployments]
}

resource "aws_cloudwatch_log_metric_filter" "deployments" {
  name           = "${var.name}-deployments"
  log_group_name = aws_cloudwatch_log_group.deployments.name
  pattern        = ""

  metric_transformation {
    name      = "FailedDeployments"
    namespace = "pushcart/${var.name}"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "deployments" {
  alarm_name          = "${var.name}-failed-deployment"
  alarm_description   = "ECS rolled a deployment back"
  namespace           = "pushcart/${var.name}"
  metric_name         = aws_cloudwatch_log_metric_filter.deployments.metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}
