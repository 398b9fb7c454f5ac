# Inputs that the module network refuses.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                    = "pushcart-test"
  region                  = "us-east-1"
  account_id              = "123456789012"
  partition               = "aws"
  cidr                    = "10.40.0.0/16"
  zones                   = ["us-east-1a", "us-east-1b"]
  nat_gateways            = 1
  table_name              = "carts"
  flow_log_retention_days = 7
}

run "one_zone" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    zones = ["us-east-1a"]
  }

  expect_failures = [var.zones]
}

run "one_zone_twice" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    zones = ["us-east-1a", "us-east-1a"]
  }

  expect_failures = [var.zones]
}

run "more_nat_gateways_than_zones" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat_gateways = 3
  }

  expect_failures = [var.nat_gateways]
}

run "addresses_too_few" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "10.0.0.0/24"
  }

  expect_failures = [var.cidr]
}
