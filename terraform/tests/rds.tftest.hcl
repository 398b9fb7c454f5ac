# Inputs that the module rds refuses.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "pushcart-test-postgres"
  production               = false
  region                   = "us-east-1"
  account_id               = "123456789012"
  partition                = "aws"
  ca_file                  = "/etc/pushcart/rds-global-bundle.pem"
  engine                   = "rds"
  auth                     = "iam"
  vpc_id                   = "vpc-1"
  subnet_ids               = ["subnet-1", "subnet-2"]
  client_security_group_id = "sg-1"
  engine_version           = "17"
  instance_class           = "db.t4g.micro"
  storage_gb               = 20
  max_storage_gb           = 100
  max_connections          = 55
  max_tasks                = 2
  pool_size                = 10
  backup_retention_days    = 1
  backup_window            = "02:00-03:00"
  maintenance_window       = "sun:03:00-sun:04:00"
  rotation_hour            = 4
  performance_insights     = false
  log_retention_days       = 7
}

run "too_few_connections" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    max_connections = 54
  }

  expect_failures = [aws_db_instance.this[0]]
}

run "windows_overlap" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    maintenance_window = "sun:02:59-sun:03:59"
  }

  expect_failures = [aws_db_instance.this[0]]
}

run "window_in_window" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    maintenance_window = "sun:02:10-sun:02:50"
  }

  expect_failures = [aws_db_instance.this[0]]
}

run "production_backups" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    production            = true
    backup_retention_days = 3
  }

  expect_failures = [aws_db_instance.this[0]]
}

run "engine_version" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    engine_version = "17.4"
  }

  expect_failures = [var.engine_version]
}

run "maintenance_over_midnight" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    maintenance_window = "sun:23:30-mon:00:30"
  }

  expect_failures = [var.maintenance_window]
}

run "storage_cannot_grow" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    max_storage_gb = 21
  }

  expect_failures = [var.max_storage_gb]
}

run "one_subnet" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}

run "version_that_was_not_tested" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    engine_version = "19"
  }

  expect_failures = [var.engine_version]
}

run "unknown_authority" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    ca_certificate = "rds-ca-2019"
  }

  expect_failures = [var.ca_certificate]
}

run "fewer_connections_until_the_reboot" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    max_connections         = 200
    running_max_connections = 54
  }

  expect_failures = [aws_db_instance.this[0]]
}

run "aurora_without_a_replica_in_production" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    engine                = "aurora"
    production            = true
    backup_retention_days = 14
  }

  expect_failures = [aws_rds_cluster.this[0]]
}

run "serverless_on_rds" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    serverless = { min_acu = 0.5, max_acu = 4 }
  }

  expect_failures = [var.serverless]
}

run "proxy_before_replicas_of_rds" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    proxy    = true
    replicas = 1
  }

  expect_failures = [var.proxy]
}

run "proxy_with_a_secret" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    proxy = true
    auth  = "secret"
  }

  expect_failures = [var.auth]
}
