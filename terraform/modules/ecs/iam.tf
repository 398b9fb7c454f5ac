locals {
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:ecs:${var.region}:${var.account_id}:*" }
      }
    }]
  })
}

# Rights of the service: to log in as its role on PostgreSQL, its table on DynamoDB.
resource "aws_iam_role" "task" {
  for_each = var.stores

  # Roles are global, so that another region needs other names.
  name               = "${var.name}-${each.key}-task-${var.region}"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "task" {
  for_each = var.task_policies

  name   = "store"
  role   = aws_iam_role.task[each.key].id
  policy = each.value
}

# Rights of ECS to start a task: pull the image, write the log, read the secret of the container that prepares the database.
resource "aws_iam_role" "execution" {
  for_each = var.stores

  name               = "${var.name}-${each.key}-execution-${var.region}"
  assume_role_policy = local.trust
}

# Log streams have random names, and the login to the registry has no resource.
# trivy:ignore:AVD-AWS-0057
resource "aws_iam_role_policy" "execution" {
  for_each = var.stores

  name = "start"
  role = aws_iam_role.execution[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "LogInToRegistry"
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = "*" # the action has no resource
        },
        {
          Sid      = "PullImage"
          Effect   = "Allow"
          Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource = var.repository_arn
        },
        {
          Sid      = "WriteLog"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.service[each.key].arn}:*"
        },
      ],
      [for arn in each.value.secret_arns : {
        Sid      = "ReadSecret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = arn
      }],
      [for arn in each.value.secret_key_arns : {
        Sid       = "DecryptSecret"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      }],
    )
  })
}
