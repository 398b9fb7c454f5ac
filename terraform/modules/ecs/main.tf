# One cluster. Each store has a service, a task role and an execution role; all services run the same image.

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "service" {
  # checkov:skip=CKV_AWS_158:CloudWatch encrypts logs with its own key; the service logs neither tokens nor idempotency keys
  # checkov:skip=CKV_AWS_338:retention is the team's input: logs of requests are for diagnosis, and what is kept for a year has to be protected for a year
  for_each = var.stores

  name              = "/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_task_definition" "service" {
  for_each = var.stores

  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.task[each.key].arn
  execution_role_arn       = aws_iam_role.execution[each.key].arn

  # A failed deployment is rolled back to the previous revision, which must stay registered.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  container_definitions = jsonencode(concat(
    [for init in values(each.value.init) : merge(local.hardening, {
      name             = init.name
      image            = var.image
      essential        = false
      entryPoint       = ["node"]
      command          = ["--eval", init.script]
      environment      = [for key in sort(keys(init.environment)) : { name = key, value = init.environment[key] }]
      secrets          = [for key in sort(keys(init.secrets)) : { name = key, valueFrom = init.secrets[key] }]
      logConfiguration = local.logging[each.key]
    })],
    [merge(local.hardening, {
      name         = var.container_name
      image        = var.image
      essential    = true
      command      = each.value.command
      dependsOn    = [for init in values(each.value.init) : { containerName = init.name, condition = "SUCCESS" }]
      stopTimeout  = var.stop_timeout_seconds
      portMappings = [{ containerPort = var.container_port, protocol = "tcp" }]
      # Sorted, so that a plan shows only real differences.
      environment = [for key in sort(keys(each.value.environment)) : { name = key, value = each.value.environment[key] }]
      secrets     = [for key in sort(keys(each.value.secrets)) : { name = key, valueFrom = each.value.secrets[key] }]
      # Liveness: an outage of the database must not restart tasks.
      healthCheck = {
        command     = ["CMD", "node", "-e", "fetch('http://127.0.0.1:${var.container_port}/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
        interval    = 30
        timeout     = 5
        retries     = 3
        startPeriod = 60
      }
      logConfiguration = local.logging[each.key]
    })],
  ))

  lifecycle {
    precondition {
      condition     = contains(lookup(local.fargate_sizes, var.cpu, []), var.memory)
      error_message = "Fargate has no tasks of ${var.cpu} CPU units with ${var.memory} MiB."
    }
  }
}

locals {
  # Of every container.
  hardening = {
    readonlyRootFilesystem = true
    user                   = "1000:1000"
    privileged             = false
    linuxParameters = {
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
    }
  }

  logging = { for store in keys(var.stores) : store => {
    logDriver = "awslogs"
    options = {
      "awslogs-group"         = aws_cloudwatch_log_group.service[store].name
      "awslogs-region"        = var.region
      "awslogs-stream-prefix" = var.container_name
      # A slow CloudWatch must not delay requests.
      "mode"            = "non-blocking"
      "max-buffer-size" = "25m"
    }
  } }

  # Memory sizes (MiB) that Fargate offers, by CPU units.
  fargate_sizes = {
    256  = [512, 1024, 2048]
    512  = range(1024, 4097, 1024)
    1024 = range(2048, 8193, 1024)
    2048 = range(4096, 16385, 1024)
    4096 = range(8192, 30721, 1024)
  }
}

resource "aws_ecs_service" "this" {
  for_each = var.stores

  name            = each.key
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.service[each.key].arn
  launch_type     = "FARGATE"
  desired_count   = var.min_tasks

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  availability_zone_rebalancing      = "ENABLED"
  enable_execute_command             = false
  propagate_tags                     = "SERVICE"

  # Otherwise apply reports success while ECS starts, fails and rolls back. With a rollback, the apply fails.
  wait_for_steady_state = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.task[each.key].id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = each.value.target_group_arn
    container_name   = var.container_name
    container_port   = var.container_port
  }

  timeouts {
    # The start of a task takes a minute, its drain two, and the circuit breaker tries at least three times.
    create = "20m"
    update = "30m"
  }

  lifecycle {
    # Autoscaling sets the count.
    ignore_changes = [desired_count]
  }

  # A task needs the right to pull before it starts, and the right to write logs until it has stopped.
  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.task]
}
