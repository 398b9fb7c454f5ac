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
  image_digest    = "sha256:3f2c1a9d5b7e4c6f8a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f607"
  stores          = ["postgres"]
  database        = "postgres"
  settings        = { AUTH_JWKS_URL = "https://idp.example.com/keys" }
}

run "database" {
  command = plan

  variables {
    database = "mysql"
  }

  expect_failures = [var.database]
}

# What used to remove the store with the carts.
run "flip_to_a_store_that_is_not_deployed" {
  command = plan

  variables {
    database = "dynamodb"
  }

  expect_failures = [var.database]
}

run "no_store" {
  command = plan

  variables {
    stores = ["mysql"]
  }

  expect_failures = [var.stores]
}

run "compare_one_store" {
  command = plan

  variables {
    compare       = true
    compare_cidrs = ["203.0.113.7/32"]
  }

  expect_failures = [var.compare]
}

run "image_by_tag" {
  command = plan

  variables {
    image_digest = "latest"
  }

  expect_failures = [var.image_digest]
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
    stores  = ["postgres", "dynamodb"]
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
    settings = { AUTH_JWKS_URL = "https://idp.example.com/keys", PORT = "80" }
  }

  expect_failures = [var.settings]
}

run "no_word_about_authentication" {
  command = plan

  variables {
    settings = { CART_MAX_LINES = "50" }
  }

  expect_failures = [var.settings]
}

# An empty value counts as unset.
run "empty_keys" {
  command = plan

  variables {
    settings = { AUTH_JWKS_URL = "" }
  }

  expect_failures = [var.settings]
}

run "keys_and_no_authentication" {
  command = plan

  variables {
    settings = { AUTH_JWKS_URL = "https://idp.example.com/keys", AUTH = "none" }
  }

  expect_failures = [var.settings]
}

run "misspelt_setting" {
  command = plan

  variables {
    settings = { AUTH_JWKS_URL = "https://idp.example.com/keys", AUTH_ISUER = "https://idp.example.com" }
  }

  expect_failures = [var.settings]
}

run "setting_out_of_range" {
  command = plan

  variables {
    settings = { AUTH_JWKS_URL = "https://idp.example.com/keys", CART_MAX_LINES = "201" }
  }

  expect_failures = [var.settings]
}

run "setting_of_another_kind" {
  command = plan

  variables {
    settings = { AUTH_JWKS_URL = "https://idp.example.com/keys", LOG_LEVEL = "verbose" }
  }

  expect_failures = [var.settings]
}

run "open_to_the_internet" {
  command = plan

  variables {
    settings = { AUTH = "none" }
  }

  expect_failures = [var.ingress_cidrs]
}

run "open_to_half_the_internet" {
  command = plan

  variables {
    settings      = { AUTH = "none" }
    ingress_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.ingress_cidrs]
}

run "compare_open_to_the_internet" {
  command = plan

  variables {
    stores        = ["postgres", "dynamodb"]
    compare       = true
    compare_cidrs = ["0.0.0.0/0"]
    ingress_cidrs = ["10.0.0.0/8"]
    settings      = { AUTH = "none" }
  }

  expect_failures = [var.compare_cidrs]
}

# Tasks without a way out cannot fetch them.
run "keys_out_of_reach" {
  command = plan

  variables {
    nat_gateways = 0
  }

  expect_failures = [var.nat_gateways]
}

run "two_regions_that_change_carts" {
  command = plan

  variables {
    dynamodb = { replica_of = "eu-west-1" }
  }

  expect_failures = [var.dynamodb]
}

run "tasks" {
  command = plan

  variables {
    task = { min = 2, max = 2 }
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
