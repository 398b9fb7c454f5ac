# Inputs that the module ecs refuses.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                            = "pushcart-test"
  region                          = "us-east-1"
  account_id                      = "123456789012"
  vpc_id                          = "vpc-1"
  subnet_ids                      = ["subnet-1", "subnet-2"]
  partition                       = "aws"
  image                           = "123456789012.dkr.ecr.us-east-1.amazonaws.com/pushcart@sha256:3f2c1a9d5b7e4c6f8a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f607"
  repository_arn                  = "arn:aws:ecr:us-east-1:123456789012:repository/pushcart"
  container_port                  = 8080
  load_balancer_security_group_id = "sg-1"
  load_balancer_suffix            = "app/pushcart/50dc6c495c0c9188"
  cpu                             = 512
  memory                          = 1024
  min_tasks                       = 1
  max_tasks                       = 2
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

run "no_such_fargate_size" {
  command = plan

  module {
    source = "./modules/ecs"
  }

  variables {
    memory = 8192
  }

  expect_failures = [aws_ecs_task_definition.service["dynamodb"]]
}

run "password_in_the_environment" {
  command = plan

  module {
    source = "./modules/ecs"
  }

  variables {
    stores = { dynamodb = {
      target_group_arn    = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/dynamodb/73e2d6bc24d8a068"
      target_group_suffix = "targetgroup/dynamodb/73e2d6bc24d8a068"
      command             = []
      environment         = { PGPASSWORD = "x" }
    } }
  }

  expect_failures = [var.stores]
}

run "privileged_port" {
  command = plan

  module {
    source = "./modules/ecs"
  }

  variables {
    container_port = 80
  }

  expect_failures = [var.container_port]
}

run "image_by_tag" {
  command = plan

  module {
    source = "./modules/ecs"
  }

  variables {
    image = "example/pushcart:latest"
  }

  expect_failures = [var.image]
}

run "stop_timeout" {
  command = plan

  module {
    source = "./modules/ecs"
  }

  variables {
    stop_timeout_seconds = 121
  }

  expect_failures = [var.stop_timeout_seconds]
}
