# How the module ecs runs a service: deployments, rollback, scaling. Two mocked applies, so that a change shows what is ignored.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                            = "pushcart-test"
  region                          = "us-east-1"
  account_id                      = "123456789012"
  partition                       = "aws"
  vpc_id                          = "vpc-1"
  subnet_ids                      = ["subnet-1", "subnet-2"]
  image                           = "123456789012.dkr.ecr.us-east-1.amazonaws.com/pushcart@sha256:3f2c1a9d5b7e4c6f8a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f607"
  repository_arn                  = "arn:aws:ecr:us-east-1:123456789012:repository/pushcart"
  container_port                  = 8080
  load_balancer_security_group_id = "sg-1"
  load_balancer_suffix            = "app/pushcart/50dc6c495c0c9188"
  cpu                             = 512
  memory                          = 1024
  min_tasks                       = 2
  max_tasks                       = 6
  cpu_target_percent              = 60
  requests_per_target             = 1000
  stop_timeout_seconds            = 30
  log_retention_days              = 7
  stores = { dynamodb = {
    target_group_arn    = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/dynamodb/73e2d6bc24d8a068"
    target_group_suffix = "targetgroup/dynamodb/73e2d6bc24d8a068"
    command             = []
    environment         = {}
  } }
}

run "service" {
  module {
    source = "./modules/ecs"
  }

  assert {
    condition     = aws_ecs_service.this["dynamodb"].deployment_minimum_healthy_percent >= 100 && aws_ecs_service.this["dynamodb"].deployment_maximum_percent >= 200
    error_message = "A deployment starts a whole set of new tasks before it stops an old one: at 100 % maximum, no task could start."
  }

  assert {
    condition     = aws_ecs_service.this["dynamodb"].deployment_circuit_breaker[0].enable && aws_ecs_service.this["dynamodb"].deployment_circuit_breaker[0].rollback
    error_message = "A failed deployment is rolled back."
  }

  assert {
    condition     = aws_ecs_service.this["dynamodb"].wait_for_steady_state
    error_message = "Apply fails if ECS rolls the deployment back."
  }

  assert {
    condition     = aws_ecs_service.this["dynamodb"].health_check_grace_period_seconds >= 30
    error_message = "A task has time to start before the load balancer's check counts."
  }

  assert {
    condition     = !aws_ecs_service.this["dynamodb"].enable_execute_command && !aws_ecs_service.this["dynamodb"].network_configuration[0].assign_public_ip
    error_message = "No shell into a task, and no public address."
  }

  assert {
    condition     = aws_ecs_service.this["dynamodb"].availability_zone_rebalancing == "ENABLED"
    error_message = "Tasks spread over the zones again after one was lost."
  }

  assert {
    condition     = aws_appautoscaling_target.service["dynamodb"].min_capacity == 2 && aws_appautoscaling_target.service["dynamodb"].max_capacity == 6
    error_message = "The number of tasks scales from the minimum to the maximum."
  }

  assert {
    condition     = aws_appautoscaling_target.service["dynamodb"].resource_id == "service/pushcart-test/dynamodb" && aws_appautoscaling_target.service["dynamodb"].scalable_dimension == "ecs:service:DesiredCount"
    error_message = "It is the number of tasks of this service that scales."
  }

  assert {
    condition     = aws_appautoscaling_policy.cpu["dynamodb"].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ECSServiceAverageCPUUtilization" && aws_appautoscaling_policy.cpu["dynamodb"].target_tracking_scaling_policy_configuration[0].target_value == 60
    error_message = "One policy follows the CPU."
  }

  assert {
    condition     = aws_appautoscaling_policy.requests["dynamodb"].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].resource_label == "app/pushcart/50dc6c495c0c9188/targetgroup/dynamodb/73e2d6bc24d8a068"
    error_message = "One policy follows the requests that the load balancer sends to this service."
  }

  assert {
    condition = alltrue([for policy in [aws_appautoscaling_policy.cpu["dynamodb"], aws_appautoscaling_policy.requests["dynamodb"]] :
      policy.target_tracking_scaling_policy_configuration[0].disable_scale_in != true
      && policy.target_tracking_scaling_policy_configuration[0].scale_in_cooldown > policy.target_tracking_scaling_policy_configuration[0].scale_out_cooldown
    ])
    error_message = "Tasks are added quickly and removed slowly."
  }

  assert {
    condition     = aws_ecs_task_definition.service["dynamodb"].runtime_platform[0].cpu_architecture == "ARM64" && aws_ecs_task_definition.service["dynamodb"].network_mode == "awsvpc" && aws_ecs_task_definition.service["dynamodb"].skip_destroy
    error_message = "Tasks are ARM on Fargate, and old revisions stay for a rollback."
  }

  assert {
    condition     = aws_ecs_task_definition.service["dynamodb"].execution_role_arn != null && aws_ecs_task_definition.service["dynamodb"].task_role_arn != null
    error_message = "The rights of ECS and of the service are separate roles."
  }

  assert {
    condition     = aws_cloudwatch_log_group.service["dynamodb"].retention_in_days == 7
    error_message = "Logs expire."
  }

  assert {
    condition     = one([for setting in aws_ecs_cluster.this.setting : setting.value if setting.name == "containerInsights"]) == "enabled"
    error_message = "The cluster has container metrics."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_load_balancer["dynamodb"].referenced_security_group_id == "sg-1" && aws_vpc_security_group_ingress_rule.from_load_balancer["dynamodb"].cidr_ipv4 == null
    error_message = "Only the load balancer reaches a task."
  }
}

# Autoscaling has set the number of tasks, and an apply must not set it back.
run "another_minimum" {
  module {
    source = "./modules/ecs"
  }

  variables {
    min_tasks = 4
  }

  assert {
    condition     = aws_ecs_service.this["dynamodb"].desired_count == 2
    error_message = "An apply leaves the number of tasks to autoscaling."
  }

  assert {
    condition     = aws_appautoscaling_target.service["dynamodb"].min_capacity == 4
    error_message = "The minimum of autoscaling follows the input."
  }
}
