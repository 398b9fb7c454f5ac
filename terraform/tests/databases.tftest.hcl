# How the modules rds and dynamodb protect data and limit costs, and what ecr and cicd allow.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "pushcart-test-postgres"
  production               = true
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
  instance_class           = "db.m7g.large"
  storage_gb               = 100
  max_storage_gb           = 500
  max_connections          = 400
  max_tasks                = 10
  pool_size                = 10
  backup_retention_days    = 14
  backup_window            = "02:00-03:00"
  maintenance_window       = "sun:06:00-sun:07:00"
  rotation_hour            = 4
  performance_insights     = true
  log_retention_days       = 7
}

run "rds" {
  module {
    source = "./modules/rds"
  }

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    replicas    = 1
  }

  assert {
    condition     = aws_db_instance.this[0].multi_az && aws_db_instance.this[0].deletion_protection && !aws_db_instance.this[0].skip_final_snapshot && !aws_db_instance.this[0].delete_automated_backups && !aws_db_instance.this[0].apply_immediately
    error_message = "Production has a standby, keeps its backups and cannot be deleted."
  }

  assert {
    condition     = aws_db_instance.this[0].backup_retention_period == 14 && aws_db_instance.this[0].backup_window == "02:00-03:00" && aws_db_instance.this[0].maintenance_window == "sun:06:00-sun:07:00"
    error_message = "Backups and maintenance are in their windows."
  }

  assert {
    condition     = can(regex("^pushcart-test-postgres-final-[0-9]{14}$", aws_db_instance.this[0].final_snapshot_identifier))
    error_message = "The final snapshot has a name that no earlier one has."
  }

  assert {
    condition     = aws_db_instance.this[0].storage_encrypted && !aws_db_instance.this[0].publicly_accessible && aws_db_instance.this[0].storage_type == "gp3" && aws_db_instance.this[0].max_allocated_storage == 500
    error_message = "Storage is encrypted, private, and grows to its limit."
  }

  assert {
    condition     = alltrue([for key in [aws_db_instance.this[0].kms_key_id, aws_db_instance.this[0].master_user_secret_kms_key_id, aws_db_instance.this[0].performance_insights_kms_key_id, aws_db_instance.replica[0].performance_insights_kms_key_id] : key == var.kms_key_arn])
    error_message = "Storage, password and Performance Insights have the customer's key."
  }

  assert {
    condition     = aws_db_instance.this[0].iam_database_authentication_enabled && aws_db_instance.replica[0].iam_database_authentication_enabled
    error_message = "The service can log in by tokens."
  }

  assert {
    condition     = aws_db_instance.this[0].manage_master_user_password && aws_db_instance.this[0].password == null
    error_message = "RDS creates and keeps the password of the master user."
  }

  assert {
    condition     = aws_db_instance.this[0].ca_cert_identifier == "rds-ca-rsa2048-g1" && aws_db_instance.this[0].auto_minor_version_upgrade && !aws_db_instance.this[0].allow_major_version_upgrade
    error_message = "Minor versions come by themselves, major ones only if asked for."
  }

  assert {
    condition     = aws_db_instance.this[0].enabled_cloudwatch_logs_exports == toset(["postgresql", "upgrade"]) && keys(aws_cloudwatch_log_group.export) == ["postgresql", "upgrade"] && aws_cloudwatch_log_group.export["postgresql"].name == "/aws/rds/instance/pushcart-test-postgres/postgresql" && aws_cloudwatch_log_group.export["postgresql"].retention_in_days == 7
    error_message = "Logs are exported to groups with a retention."
  }

  assert {
    condition = tomap({ for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value }) == tomap({
      "rds.force_ssl"                   = "1", max_connections = "400", log_min_duration_statement = "1000", log_parameter_max_length = "0",
      log_parameter_max_length_on_error = "0", log_error_verbosity = "terse"
    })
    error_message = "TLS is required, and logs of statements have no values."
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres17" && one([for parameter in aws_db_parameter_group.this.parameter : parameter.apply_method if parameter.name == "max_connections"]) == "pending-reboot"
    error_message = "max_connections waits for a reboot."
  }

  assert {
    condition     = output.max_connections == 400 && output.reboot_required == null
    error_message = "Nothing waits for a reboot."
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.master.rotation_rules[0].schedule_expression == "cron(0 4 ? * 1#1 *)" && !aws_secretsmanager_secret_rotation.master.rotate_immediately
    error_message = "The password is rotated monthly, in a quiet hour."
  }

  assert {
    condition     = startswith(output.database_url, "postgres://pushcart_app@") && startswith(output.owner_url, "postgres://pushcart@") && endswith(output.database_url, "?sslmode=verify-full&sslrootcert=/etc/pushcart/rds-global-bundle.pem")
    error_message = "The service is not the master user, and verifies the server."
  }

  assert {
    condition     = aws_db_instance.replica[0].replicate_source_db == "pushcart-test-postgres" && aws_db_instance.replica[0].publicly_accessible == false && strcontains(output.read_url, "target_session_attrs=any") && length(jsondecode(output.task_policy).Statement[0].Resource) == 2
    error_message = "The service may read from the replica."
  }
}

run "waiting_for_a_reboot" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    max_connections         = 800
    running_max_connections = 400
  }

  assert {
    condition     = output.max_connections == 400 && strcontains(output.reboot_required, "aws rds reboot-db-instance --db-instance-identifier pushcart-test-postgres --force-failover")
    error_message = "Until the reboot, alarm and checks have the running value."
  }
}

# The snapshot's name at creation, and no replacement when the input is removed.
run "restored" {
  command = plan

  module {
    source = "./modules/rds"
  }

  variables {
    snapshot_identifier = "pushcart-test-postgres-final-20261130120000"
  }

  assert {
    condition     = aws_db_instance.this[0].identifier == "pushcart-test-postgres"
    error_message = "An existing database is not replaced by the input of a snapshot."
  }
}

run "aurora" {
  state_key = "aurora"

  module {
    source = "./modules/rds"
  }

  variables {
    engine     = "aurora"
    serverless = { min_acu = 0.5, max_acu = 16 }
    replicas   = 1
    proxy      = true
  }

  assert {
    condition     = aws_rds_cluster.this[0].engine == "aurora-postgresql" && aws_rds_cluster.this[0].deletion_protection && aws_rds_cluster.this[0].storage_encrypted && aws_rds_cluster.this[0].iam_database_authentication_enabled && aws_rds_cluster.this[0].backup_retention_period == 14 && !aws_rds_cluster.this[0].skip_final_snapshot
    error_message = "The cluster is protected as an instance is."
  }

  assert {
    condition     = length(aws_rds_cluster_instance.this) == 2 && alltrue([for instance in aws_rds_cluster_instance.this : instance.instance_class == "db.serverless" && !instance.publicly_accessible && instance.promotion_tier == 0])
    error_message = "Writer and replica are serverless, and each can take over."
  }

  assert {
    condition     = aws_rds_cluster.this[0].serverlessv2_scaling_configuration[0].min_capacity == 0.5 && aws_rds_cluster.this[0].serverlessv2_scaling_configuration[0].max_capacity == 16
    error_message = "The capacity is limited on both sides."
  }

  assert {
    condition     = aws_db_proxy.this[0].require_tls && one(aws_db_proxy.this[0].auth).iam_auth == "REQUIRED" && aws_db_proxy_target.this[0].db_cluster_identifier == "pushcart-test-postgres" && aws_db_proxy_endpoint.read[0].target_role == "READ_ONLY"
    error_message = "The proxy is before the cluster, by TLS and IAM."
  }

  assert {
    condition     = startswith(output.database_url, "postgres://pushcart@pushcart-postgres.proxy-") && endswith(output.database_url, "?sslmode=verify-full") && strcontains(output.task_policy, ":dbuser:prx-0123456789abcdef0/pushcart")
    error_message = "The service logs in to the proxy, whose certificate is a public authority's."
  }

  assert {
    condition     = toset([for parameter in aws_rds_cluster_parameter_group.this[0].parameter : "${parameter.name}=${parameter.value}" if contains(["statement_timeout", "lock_timeout", "plan_cache_mode"], parameter.name)]) == toset(["statement_timeout=5000", "lock_timeout=1250", "plan_cache_mode=force_generic_plan"])
    error_message = "Behind a proxy, sessions get their settings from the database."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.from_tasks : rule.referenced_security_group_id]) == toset([aws_security_group.proxy[0].id]) && aws_vpc_security_group_ingress_rule.proxy_from_tasks[0].referenced_security_group_id == "sg-1"
    error_message = "Tasks reach the proxy, and only the proxy reaches the database."
  }
}

run "table" {
  state_key = "table"

  module {
    source = "./modules/dynamodb"
  }

  variables {
    name            = "pushcart-test-carts"
    max_read_units  = 800
    max_write_units = 400
    replica_regions = { eu-west-1 = {} }
  }

  assert {
    condition     = aws_dynamodb_table.carts[0].billing_mode == "PAY_PER_REQUEST" && aws_dynamodb_table.carts[0].deletion_protection_enabled && aws_dynamodb_table.carts[0].point_in_time_recovery[0].enabled && aws_dynamodb_table.carts[0].point_in_time_recovery[0].recovery_period_in_days == 35
    error_message = "The table cannot be deleted in production and can be restored to any second of 35 days."
  }

  assert {
    condition     = alltrue([for limit in concat([aws_dynamodb_table.carts[0].on_demand_throughput[0]], [for index in aws_dynamodb_table.carts[0].global_secondary_index : index.on_demand_throughput[0]]) : limit.max_read_request_units == 800 && limit.max_write_request_units == 400])
    error_message = "Table and indexes have the same limits: a lower one of an index throttles writes to the table."
  }

  assert {
    condition     = aws_dynamodb_table.carts[0].server_side_encryption[0].enabled && aws_dynamodb_table.carts[0].ttl[0].enabled
    error_message = "Encrypted with a key of KMS, and carts expire."
  }

  assert {
    condition     = aws_dynamodb_table.carts[0].stream_enabled && aws_dynamodb_table.carts[0].stream_view_type == "NEW_AND_OLD_IMAGES" && [for replica in aws_dynamodb_table.carts[0].replica : "${replica.region_name} ${replica.point_in_time_recovery}"] == ["eu-west-1 true"]
    error_message = "A global table has a stream, and its replica can be restored, too."
  }
}

run "replica_region" {
  command   = plan
  state_key = "replica"

  module {
    source = "./modules/dynamodb"
  }

  variables {
    name            = "pushcart-test-carts"
    region          = "eu-west-1"
    replica_of      = "us-east-1"
    max_read_units  = 800
    max_write_units = 400
  }

  assert {
    condition     = length(aws_dynamodb_table.carts) == 0 && output.table_name == "pushcart-test-carts" && strcontains(output.task_policy, "arn:aws:dynamodb:eu-west-1:123456789012:table/pushcart-test-carts\"")
    error_message = "The second region uses the replica and creates no table."
  }
}

run "registry" {
  command   = plan
  state_key = "registry"

  module {
    source = "./modules/ecr"
  }

  variables {
    name         = "pushcart-test"
    force_delete = false
  }

  assert {
    condition     = alltrue([for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.tagStatus == "untagged" && rule.selection.countType == "sinceImagePushed" && rule.selection.countNumber >= 7])
    error_message = "No image with a tag expires: it may be the one that runs."
  }

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push && !aws_ecr_repository.this.force_delete
    error_message = "Tags do not move, and images are scanned."
  }
}

run "pipeline" {
  state_key = "pipeline"

  module {
    source = "./modules/cicd"
  }

  variables {
    name               = "pushcart-test"
    github_repository  = "example/pushcart"
    github_environment = "prod"
    repository_arn     = "arn:aws:ecr:us-east-1:123456789012:repository/pushcart-test"
    state_bucket       = "b"
    state_key          = "k"
  }

  assert {
    condition = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals == {
      "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = "repo:example/pushcart:environment:prod"
    }
    error_message = "Only jobs of one environment of one repository assume the role."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.plan.policy).Statement : alltrue([for action in statement.Action : can(regex(":(Get|List|Describe)", action))])])
    error_message = "The role of the plan only reads."
  }

  assert {
    condition     = alltrue(flatten([for statement in jsondecode(aws_iam_role_policy.plan.policy).Statement : [for resource in flatten([statement.Resource]) : strcontains(resource, ":role/pushcart-test-")] if anytrue([for action in statement.Action : startswith(action, "iam:GetRole")])]))
    error_message = "The role reads the roles of this deployment only."
  }

  assert {
    condition     = !anytrue(flatten([for statement in jsondecode(aws_iam_role_policy.push.policy).Statement : [for action in statement.Action : strcontains(action, "*") || can(regex("Delete|PutLifecycle|SetRepository", action))]])) && aws_iam_role.deploy.max_session_duration == 3600
    error_message = "The role pushes images and deletes none."
  }
}
