# `move`: what the tasks get while their carts move to the other store.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment     = "dev"
  production      = false
  region          = "us-east-1"
  account_id      = "123456789012"
  zones           = ["us-east-1a", "us-east-1b"]
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  image_digest    = "sha256:3f2c1a9d5b7e4c6f8a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f607"
  stores          = ["postgres", "dynamodb"]
  database        = "postgres"
  ingress_cidrs   = ["203.0.113.0/24"]
  settings        = { AUTH = "none" }
}

override_resource {
  target = module.alb.aws_lb_target_group.store["postgres"]
  values = {
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/postgres/73e2d6bc24d8a067"
  }
}

override_resource {
  target = module.alb.aws_lb_target_group.store["dynamodb"]
  values = {
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/dynamodb/73e2d6bc24d8a068"
  }
}

run "no_move" {
  assert {
    condition     = length(local.move_policy) == 0 && length(local.move_actions) == 0 && length(local.task_environments["postgres"]) > 0
    error_message = "Without a move nobody may scan the table."
  }

  assert {
    condition     = alltrue([for settings in values(local.task_environments) : length([for name in keys(settings) : name if startswith(name, "MOVE_TO_")]) == 0])
    error_message = "Without a move no task has settings of one."
  }
}

run "to_dynamodb" {
  variables {
    move = { from = "postgres", to = "dynamodb" }
  }

  assert {
    condition = (
      lookup(local.task_environments["postgres"], "MOVE_TO_CART_STORE_TYPE", null) == "dynamodb" &&
      lookup(local.task_environments["postgres"], "MOVE_TO_DYNAMODB_TABLE_NAME", null) == output.table_name &&
      !contains(keys(local.task_environments["dynamodb"]), "MOVE_TO_CART_STORE_TYPE")
    )
    error_message = "The tasks on PostgreSQL, and no others, know the table."
  }

  assert {
    condition = (
      join(",", keys(local.move_policy)) == "postgres" &&
      contains(flatten([for each in jsondecode(lookup(local.move_policy, "postgres", "{\"Statement\":[]}")).Statement : each.Action]), "rds-db:connect") &&
      contains(flatten([for each in jsondecode(lookup(local.move_policy, "postgres", "{\"Statement\":[]}")).Statement : each.Action]), "dynamodb:PutItem") &&
      contains(flatten([for each in jsondecode(lookup(local.move_policy, "postgres", "{\"Statement\":[]}")).Statement : each.Action]), "dynamodb:Scan") &&
      !contains(flatten([for each in jsondecode(lookup(local.move_policy, "postgres", "{\"Statement\":[]}")).Statement : each.Action]), "dynamodb:DeleteItem")
    )
    error_message = "The tasks may log in, use the table and scan it, and delete nothing."
  }
}

run "after_the_flip" {
  variables {
    database = "dynamodb"
    move     = { from = "postgres", to = "dynamodb" }
  }

  assert {
    condition     = lookup(local.task_environments["postgres"], "MOVE_TO_CART_STORE_TYPE", null) == "dynamodb"
    error_message = "The flip changes no task: those on PostgreSQL serve from the table until they are removed."
  }
}

run "to_postgres" {
  variables {
    database = "dynamodb"
    move     = { from = "dynamodb", to = "postgres" }
  }

  assert {
    condition = (
      lookup(local.task_environments["dynamodb"], "MOVE_TO_CART_STORE_TYPE", null) == "postgres" &&
      lookup(local.task_environments["dynamodb"], "MOVE_TO_DATABASE_URL", null) == lookup(local.task_environments["postgres"], "DATABASE_URL", null) &&
      lookup(local.task_environments["dynamodb"], "MOVE_TO_DATABASE_AUTH", null) == "aws-iam" &&
      join(",", local.move_actions) == "dynamodb:Scan,dynamodb:DeleteItem" &&
      join(",", keys(local.move_policy)) == "dynamodb"
    )
    error_message = "The tasks on DynamoDB can log in to PostgreSQL, and remove traces on the way back."
  }

  assert {
    condition     = local.mover_security_group_id == module.ecs.security_group_ids["dynamodb"] && local.mover_security_group_id != module.ecs.security_group_ids["postgres"]
    error_message = "The tasks on DynamoDB reach PostgreSQL."
  }
}

run "to_itself" {
  command = plan

  variables {
    move = { from = "postgres", to = "postgres" }
  }

  expect_failures = [var.move]
}

run "through_a_proxy" {
  command = plan

  variables {
    move     = { from = "postgres", to = "dynamodb" }
    postgres = { proxy = true }
  }

  expect_failures = [var.move]
}
