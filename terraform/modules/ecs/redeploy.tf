# A task reads its secret when it starts, so all tasks are replaced after the monthly rotation of the password, by an
# ordinary rolling deployment. Until then open connections keep working and new ones are refused.

resource "aws_iam_role" "redeploy" {
  for_each = var.redeploy_schedules

  name = "${var.name}-${each.key}-redeploy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "redeploy" {
  for_each = var.redeploy_schedules

  name = "redeploy"
  role = aws_iam_role.redeploy[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Redeploy"
      Effect   = "Allow"
      Action   = ["ecs:UpdateService"]
      Resource = aws_ecs_service.this[each.key].id
    }]
  })
}

resource "aws_scheduler_schedule" "redeploy" {
  for_each = var.redeploy_schedules

  name                = "${var.name}-${each.key}-redeploy"
  description         = "Replaces tasks after the rotation of the password"
  schedule_expression = each.value

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:ecs:updateService"
    role_arn = aws_iam_role.redeploy[each.key].arn
    input = jsonencode({
      Cluster            = aws_ecs_cluster.this.name
      Service            = aws_ecs_service.this[each.key].name
      ForceNewDeployment = true
    })
  }
}
