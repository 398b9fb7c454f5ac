# Inputs that the root module refuses, and the validation that refuses them.

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

run "database" {
  command = plan

  variables {
    database = "mysql"
  }

  expect_failures = [var.database]
}

run "latest" {
  command = plan

  variables {
    image_tag = "latest"
  }

  expect_failures = [var.image_tag]
}

run "zone_elsewhere" {
  command = plan

  variables {
    zones = ["us-east-1a", "eu-west-1b"]
  }

  expect_failures = [var.zones]
}

run "compare_open_to_nobody" {
  command = plan

  variables {
    compare = true
  }

  expect_failures = [var.compare_cidrs]
}

run "certificate" {
  command = plan

  variables {
    certificate_arn = "my-certificate"
  }

  expect_failures = [var.certificate_arn]
}

run "account" {
  command = plan

  variables {
    account_id = "12345"
  }

  expect_failures = [var.account_id]
}

run "log_retention" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "name_too_long" {
  command = plan

  variables {
    name = "a-very-long-name"
  }

  expect_failures = [var.name]
}

run "drain_too_long" {
  command = plan

  variables {
    drain_seconds = 300
  }

  expect_failures = [var.drain_seconds]
}

run "setting_of_an_input" {
  command = plan

  variables {
    settings = { AUTH = "none", PORT = "80" }
  }

  expect_failures = [var.settings]
}

run "open_without_saying_so" {
  command = plan

  variables {
    settings = { CART_MAX_LINES = "50" }
  }

  expect_failures = [var.settings]
}

run "tasks" {
  command = plan

  variables {
    task = { min = 3, max = 2 }
  }

  expect_failures = [var.task]
}

run "production_with_one_task" {
  command = plan

  variables {
    production = true
  }

  expect_failures = [var.production]
}
