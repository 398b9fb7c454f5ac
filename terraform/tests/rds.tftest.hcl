# Inputs that the module rds refuses.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "pushcart-test-postgres"
  production               = false
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

  expect_failures = [aws_db_instance.this]
}

run "windows_overlap" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    maintenance_window = "sun:02:59-sun:03:59"
  }

  expect_failures = [aws_db_instance.this]
}

run "window_in_window" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    maintenance_window = "sun:02:10-sun:02:50"
  }

  expect_failures = [aws_db_instance.this]
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

  expect_failures = [aws_db_instance.this]
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
