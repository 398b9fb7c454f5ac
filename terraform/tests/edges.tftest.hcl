# Inputs that the modules alb, dynamodb and cicd refuse.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                         = "pushcart-test"
  region                       = "us-east-1"
  account_id                   = "123456789012"
  partition                    = "aws"
  production                   = false
  vpc_id                       = "vpc-1"
  subnet_ids                   = ["subnet-1", "subnet-2"]
  internal                     = false
  stores                       = ["postgres", "dynamodb"]
  active_store                 = "postgres"
  fixed_ports                  = { postgres = 8443, dynamodb = 9443 }
  ingress_cidrs                = ["0.0.0.0/0"]
  fixed_cidrs                  = ["203.0.113.7/32"]
  certificate_arn              = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  container_port               = 8080
  deregistration_delay_seconds = 30
  log_retention_days           = 7
}

run "old_tls" {
  command = plan

  module {
    source = "./modules/alb"
  }

  variables {
    tls_policy = "ELBSecurityPolicy-2016-08"
  }

  expect_failures = [var.tls_policy]
}

run "active_store_missing" {
  command = plan

  module {
    source = "./modules/alb"
  }

  variables {
    stores = ["dynamodb"]
  }

  expect_failures = [var.active_store]
}

run "fixed_port_taken" {
  command = plan

  module {
    source = "./modules/alb"
  }

  variables {
    fixed_ports = { postgres = 443, dynamodb = 9443 }
  }

  expect_failures = [var.fixed_ports]
}

run "capacity_cap" {
  command = plan

  module {
    source = "./modules/dynamodb"
  }

  variables {
    max_read_units  = 10
    max_write_units = 0
  }

  expect_failures = [var.max_write_units]
}

run "repository_with_wildcard" {
  command = plan

  module {
    source = "./modules/cicd"
  }

  variables {
    github_repository  = "example/*"
    github_environment = "prod"
    repository_arn     = "arn:aws:ecr:us-east-1:123456789012:repository/pushcart"
    state_bucket       = "b"
    state_key          = "k"
  }

  expect_failures = [var.github_repository]
}

run "environment_with_wildcard" {
  command = plan

  module {
    source = "./modules/cicd"
  }

  variables {
    github_repository  = "example/pushcart"
    github_environment = "*"
    repository_arn     = "arn:aws:ecr:us-east-1:123456789012:repository/pushcart"
    state_bucket       = "b"
    state_key          = "k"
  }

  expect_failures = [var.github_environment]
}

run "replica_in_its_own_region" {
  command = plan

  module {
    source = "./modules/dynamodb"
  }

  variables {
    max_read_units  = 10
    max_write_units = 10
    replica_regions = { us-east-1 = {} }
  }

  expect_failures = [var.replica_regions]
}
