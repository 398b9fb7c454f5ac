# The deployments that scripts/terraform/policy.ts checks. A mocked apply has container definitions and IAM policies.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = module.alb.aws_lb_target_group.store["postgres"]
  values = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/postgres/73e2d6bc24d8a067"
    arn_suffix = "targetgroup/postgres/73e2d6bc24d8a067"
  }
}

override_resource {
  target = module.alb.aws_lb_target_group.store["dynamodb"]
  values = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/dynamodb/73e2d6bc24d8a068"
    arn_suffix = "targetgroup/dynamodb/73e2d6bc24d8a068"
  }
}

variables {
  region          = "us-east-1"
  account_id      = "123456789012"
  zones           = ["us-east-1a", "us-east-1b"]
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  image_digest    = "sha256:3f2c1a9d5b7e4c6f8a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f607"
  compare_cidrs   = ["203.0.113.7/32"]
  ingress_cidrs   = ["203.0.113.0/24"]
  settings        = { AUTH = "none" }
}

run "both" {
  variables {
    environment   = "prod"
    production    = true
    stores        = ["postgres", "dynamodb"]
    database      = "postgres"
    compare       = true
    nat_gateways  = 2
    task          = { cpu = 1024, memory = 2048, min = 2, max = 4 }
    postgres      = { instance_class = "db.t4g.medium", max_connections = 200, backup_retention_days = 14, kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    dynamodb      = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-666666666666" }
    alarm_actions = ["arn:aws:sns:us-east-1:123456789012:alarms"]
    github = {
      repository   = "example/pushcart"
      environment  = "prod"
      state_bucket = "example-state"
      state_key    = "pushcart/prod.tfstate"
    }
  }
}

run "flipped" {
  variables {
    environment   = "prod"
    production    = true
    stores        = ["postgres", "dynamodb"]
    database      = "dynamodb"
    compare       = true
    nat_gateways  = 2
    task          = { cpu = 1024, memory = 2048, min = 2, max = 4 }
    postgres      = { instance_class = "db.t4g.medium", max_connections = 200, backup_retention_days = 14, kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
    dynamodb      = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-666666666666" }
    alarm_actions = ["arn:aws:sns:us-east-1:123456789012:alarms"]
    github = {
      repository   = "example/pushcart"
      environment  = "prod"
      state_bucket = "example-state"
      state_key    = "pushcart/prod.tfstate"
    }
  }
}

run "postgres" {
  # A separate state: from the previous run it would keep the keys.
  state_key = "postgres"

  variables {
    environment = "dev"
    production  = false
    stores      = ["postgres"]
    database    = "postgres"
  }
}

run "dynamodb" {
  variables {
    environment  = "dev"
    production   = false
    stores       = ["dynamodb"]
    database     = "dynamodb"
    nat_gateways = 0
    dynamodb     = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }
}

run "aurora" {
  state_key = "aurora"

  variables {
    environment   = "prod"
    production    = true
    stores        = ["postgres"]
    database      = "postgres"
    task          = { min = 2, max = 4 }
    alarm_actions = ["arn:aws:sns:us-east-1:123456789012:alarms"]
    postgres      = { engine = "aurora", serverless = { min_acu = 0.5, max_acu = 16 }, replicas = 1, proxy = true, max_connections = 200, backup_retention_days = 14, performance_insights = true }
  }
}

run "secret" {
  state_key = "secret"

  variables {
    environment = "dev"
    production  = false
    stores      = ["postgres"]
    database    = "postgres"
    postgres    = { auth = "secret", replicas = 2, kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }
}

run "global" {
  state_key = "global"

  variables {
    environment = "dev"
    production  = false
    stores      = ["dynamodb"]
    database    = "dynamodb"
    dynamodb    = { replica_regions = { eu-west-1 = {} } }
  }
}
