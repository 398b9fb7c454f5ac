# `database` and `compare`: what is deployed, and what a flip changes.

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
  image_tag       = "3f2c1a9"
  database        = "postgres"
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

run "postgres_alone" {
  assert {
    condition     = output.stores == tolist(["postgres"]) && output.table_name == null && output.database_address != null
    error_message = "PostgreSQL alone deploys no table."
  }

  assert {
    condition     = length(output.compare_urls) == 0
    error_message = "Without compare there are no fixed listeners."
  }

  assert {
    condition     = keys(output.service_names) == ["postgres"]
    error_message = "One service, for PostgreSQL."
  }
}

run "dynamodb_alone" {
  variables {
    database = "dynamodb"
  }

  assert {
    condition     = output.stores == tolist(["dynamodb"]) && output.table_name == "pushcart-dev-carts" && output.database_address == null && output.database_secret_arn == null
    error_message = "DynamoDB alone deploys no PostgreSQL."
  }
}

run "both_with_postgres_active" {
  variables {
    compare       = true
    compare_cidrs = ["203.0.113.7/32"]
  }

  assert {
    condition     = output.stores == tolist(["dynamodb", "postgres"]) && keys(output.service_names) == ["dynamodb", "postgres"]
    error_message = "compare deploys both stores, each with a service."
  }

  assert {
    condition     = endswith(output.compare_urls.postgres, ":8443") && endswith(output.compare_urls.dynamodb, ":9443")
    error_message = "The fixed ports are 8443 and 9443."
  }

  assert {
    condition     = output.active_target_group == output.target_group_arns["postgres"]
    error_message = "443 leads to PostgreSQL."
  }
}

# Applied on top of the previous run, so that ids stay and only changed resources differ.
run "flip_changes_the_active_listener" {
  variables {
    database      = "dynamodb"
    compare       = true
    compare_cidrs = ["203.0.113.7/32"]
  }

  assert {
    condition     = output.active_target_group == run.both_with_postgres_active.target_group_arns["dynamodb"]
    error_message = "443 leads to DynamoDB after the flip."
  }

  assert {
    condition     = output.target_group_arns == run.both_with_postgres_active.target_group_arns && output.compare_urls == run.both_with_postgres_active.compare_urls
    error_message = "A flip changes neither target groups nor fixed listeners."
  }
}
