output "instance_id" {
  description = "Identifier of the instance, as in metrics; null on Aurora."
  value       = one(aws_db_instance.this[*].identifier)
}

output "cluster_id" {
  description = "Identifier of the Aurora cluster, as in metrics; null on RDS."
  value       = one(aws_rds_cluster.this[*].cluster_identifier)
}

output "replica_ids" {
  description = "Identifiers of the read replicas of RDS, as in metrics."
  value       = aws_db_instance.replica[*].identifier
}

output "address" {
  description = "Host name of the database."
  value       = local.address
}

output "resource_id" {
  description = "Immutable identifier of the database, in ARNs of rds-db:connect."
  value       = local.resource_id
}

output "database_url" {
  description = "DATABASE_URL of the service, without a password."
  value       = "postgres://${local.user}@${local.host}:5432/${var.database_name}?${local.tls}"
}

output "read_url" {
  description = "DATABASE_READ_URL of the service, without a password; null without replicas."
  value       = local.read_hosts == "" ? null : "postgres://${local.user}@${local.read_hosts}/${var.database_name}?${local.tls}&target_session_attrs=any"
}

output "owner_url" {
  description = "URL of the master user, without a password, to create the application role with."
  value       = "postgres://${var.username}@${local.address}:5432/${var.database_name}?${local.tls_owner}"
}

output "application_role" {
  description = "The role that the service logs in as."
  value       = local.user
}

output "secret_arn" {
  description = "ARN of the secret with user name and password of the master user, managed by RDS."
  value       = local.secret_arn
}

output "max_connections" {
  description = "The number of connections that the database accepts now: the smaller of the planned and the running value."
  value       = local.usable_connections
}

output "task_policy" {
  description = "IAM policy (JSON) of the service: to log in as its role (iam), or to read the secret (secret)."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for id in var.auth == "iam" ? [local.connect_to] : [] : {
        Sid    = "LogIn"
        Effect = "Allow"
        Action = ["rds-db:connect"]
        # Each replica of RDS has a resource id; the instances of Aurora share the cluster's.
        Resource = [
          for id in concat([id], aws_db_instance.replica[*].resource_id) :
          "arn:${var.partition}:rds-db:${var.region}:${var.account_id}:dbuser:${id}/${local.user}"
        ]
      }],
      [for arn in var.auth == "secret" ? [local.secret_arn] : [] : {
        Sid      = "ReadSecret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [arn]
      }],
      [for arn in var.auth == "secret" ? compact([var.kms_key_arn]) : [] : {
        Sid       = "DecryptSecret"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [arn]
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      }],
    )
  })
}

output "reboot_required" {
  description = "How to make max_connections effective, while it waits for a reboot; null otherwise."
  value = var.running_max_connections == null || var.running_max_connections == var.max_connections ? null : format(
    "max_connections is %d until a reboot and %d after it. In a quiet hour: aws rds reboot-db-instance --db-instance-identifier %s%s. Then remove running_max_connections.",
    var.running_max_connections, var.max_connections, local.on_aurora ? "${var.name}-0" : var.name, var.production && !local.on_aurora ? " --force-failover" : "",
  )
}
