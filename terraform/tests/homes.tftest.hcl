# `homes`: what the tasks get so that all regions of a global table serve.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment     = "dev"
  production      = false
  region          = "us-east-1"
  account_id      = "123456789012"
  zones           = ["us-east-1a", "us-east-1b"]
  nat_gateways    = 1
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  image_digest    = "sha256:3f2c1a9d5b7e4c6f8a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f607"
  stores          = ["dynamodb"]
  database        = "dynamodb"
  ingress_cidrs   = ["203.0.113.0/24"]
  settings        = { AUTH = "none" }
  homes = {
    regions = ["us-east-1=https://us.shop.example", "eu-west-1=https://eu.shop.example"]
    version = 3
  }
  dynamodb = { replica_regions = { eu-west-1 = {} } }
}

override_resource {
  target = module.alb.aws_lb_target_group.store["dynamodb"]
  values = {
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/dynamodb/73e2d6bc24d8a068"
  }
}

run "both_regions_serve" {
  assert {
    condition = (
      local.task_environments["dynamodb"]["HOME_REGION"] == "us-east-1" &&
      local.task_environments["dynamodb"]["HOME_REGIONS"] == "us-east-1=https://us.shop.example,eu-west-1=https://eu.shop.example" &&
      local.task_environments["dynamodb"]["HOME_VERSION"] == "3" &&
      local.task_environments["dynamodb"]["HOME_REQUESTS"] == "proxy"
    )
    error_message = "The tasks know their region and those of the others, in the given order."
  }

  assert {
    condition = jsonencode([for each in jsondecode(module.dynamodb[0].task_policy).Statement : [sort(each.Action), each.Resource] if each.Sid == "CartsAtHomeElsewhere"]) == jsonencode([[
      ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      ["arn:aws:dynamodb:eu-west-1:123456789012:table/pushcart-dev-carts"],
    ]])
    error_message = "The tasks may read and change carts in the other region's replica, and nothing else there."
  }

  assert {
    condition     = length(setsubtract(["pushcart-dev-replication-eu-west-1", "pushcart-dev-homes-contradict"], module.observability.alarm_names)) == 0
    error_message = "Late copies to the other region and contradicting homes are alarms."
  }
}

run "the_other_region" {
  variables {
    region          = "eu-west-1"
    zones           = ["eu-west-1a", "eu-west-1b"]
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    dynamodb        = { replica_of = "us-east-1" }
  }

  assert {
    condition = (
      local.task_environments["dynamodb"]["HOME_REGION"] == "eu-west-1" &&
      [for each in jsondecode(module.dynamodb[0].task_policy).Statement : each.Resource if each.Sid == "CartsAtHomeElsewhere"] == [["arn:aws:dynamodb:us-east-1:123456789012:table/pushcart-dev-carts"]]
    )
    error_message = "The other region has the same homes, and rights on the table of the first."
  }

  assert {
    condition     = length(setsubtract(["pushcart-dev-replication-us-east-1", "pushcart-dev-homes-contradict"], module.observability.alarm_names)) == 0
    error_message = "The other region watches its copies to the first."
  }
}

run "with_customer_keys" {
  variables {
    dynamodb = {
      kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      replica_regions = { eu-west-1 = { kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/66666666-2222-3333-4444-555555555555" } }
    }
    homes = {
      regions      = ["us-east-1=https://us.shop.example", "eu-west-1=https://eu.shop.example"]
      version      = 1
      kms_key_arns = { eu-west-1 = "arn:aws:kms:eu-west-1:123456789012:key/66666666-2222-3333-4444-555555555555" }
    }
  }

  assert {
    condition = toset([for each in jsondecode(module.dynamodb[0].task_policy).Statement : "${each.Condition.StringEquals["kms:ViaService"]} ${each.Resource}" if startswith(each.Sid, "CustomerKey")]) == toset([
      "dynamodb.us-east-1.amazonaws.com arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
      "dynamodb.eu-west-1.amazonaws.com arn:aws:kms:eu-west-1:123456789012:key/66666666-2222-3333-4444-555555555555",
    ])
    error_message = "The tasks may use the key of each region, through DynamoDB of that region only."
  }
}

run "one_region" {
  variables {
    homes    = null
    dynamodb = {}
  }

  assert {
    condition = (
      length([for name in keys(local.task_environments["dynamodb"]) : name if startswith(name, "HOME_")]) == 0 &&
      length([for each in jsondecode(module.dynamodb[0].task_policy).Statement : each if each.Sid == "CartsAtHomeElsewhere"]) == 0
    )
    error_message = "Without homes, no task knows or may use another region."
  }

  assert {
    condition     = length([for name in module.observability.alarm_names : name if strcontains(name, "replication") || strcontains(name, "homes")]) == 0
    error_message = "In one region, no alarm is about others."
  }
}

run "without_this_region" {
  command = plan

  variables {
    homes = { regions = ["ap-south-1=https://ap.shop.example", "eu-west-1=https://eu.shop.example"], version = 1 }
  }

  expect_failures = [var.homes]
}

run "taken_over_by_a_region_without_url" {
  command = plan

  variables {
    homes = { regions = ["us-east-1=https://us.shop.example", "eu-west-1=ap-south-1"], version = 1 }
  }

  expect_failures = [var.homes]
}

run "by_plain_http" {
  command = plan

  variables {
    homes = { regions = ["us-east-1=http://us.shop.example"], version = 1 }
  }

  expect_failures = [var.homes]
}

run "without_a_way_out" {
  command = plan

  variables {
    nat_gateways = 0
  }

  expect_failures = [var.homes]
}

run "on_postgres" {
  command = plan

  variables {
    stores   = ["postgres"]
    database = "postgres"
  }

  expect_failures = [var.homes]
}

run "one_region_at_a_time_too" {
  command = plan

  variables {
    region          = "eu-west-1"
    zones           = ["eu-west-1a", "eu-west-1b"]
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    dynamodb        = { replica_of = "us-east-1", one_region_at_a_time = true }
  }

  expect_failures = [var.dynamodb]
}
