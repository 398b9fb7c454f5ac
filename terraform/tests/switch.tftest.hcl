# `stores`, `database` and `compare`: what is deployed, and what a flip changes.

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
  stores          = ["postgres"]
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
  state_key = "dynamodb"

  variables {
    stores   = ["dynamodb"]
    database = "dynamodb"
  }

  assert {
    condition     = output.stores == tolist(["dynamodb"]) && output.table_name == "pushcart-dev-carts" && output.database_address == null && output.database_secret_arn == null
    error_message = "DynamoDB alone deploys no PostgreSQL."
  }
}

run "both_with_postgres_active" {
  variables {
    stores        = ["postgres", "dynamodb"]
    compare       = true
    compare_cidrs = ["203.0.113.7/32"]
  }

  assert {
    condition     = output.stores == tolist(["dynamodb", "postgres"]) && keys(output.service_names) == ["dynamodb", "postgres"]
    error_message = "Both stores are deployed, each with a service."
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
    stores        = ["postgres", "dynamodb"]
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

# Also without the ports of compare, a flip keeps both stores: only the listener changes.
run "flip_without_compare" {
  variables {
    stores   = ["postgres", "dynamodb"]
    database = "postgres"
  }

  assert {
    condition     = output.stores == tolist(["dynamodb", "postgres"]) && output.target_group_arns == run.both_with_postgres_active.target_group_arns
    error_message = "A flip without compare removes no store."
  }

  assert {
    condition     = output.active_target_group == run.both_with_postgres_active.target_group_arns["postgres"] && length(output.compare_urls) == 0
    error_message = "443 leads to PostgreSQL, and the ports of compare are closed."
  }
}
