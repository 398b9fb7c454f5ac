variable "name" {
  description = "Prefix of all names, and identifier of the instance."
  type        = string
}

variable "production" {
  description = "Whether the instance has two zones, deletion protection and a final snapshot."
  type        = bool
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets without a route out, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must have at least two subnets: RDS needs two zones."
  }
}

variable "moved_to" {
  description = "Whether carts of the other store move here."
  type        = bool
  default     = false
}

variable "mover_security_group_id" {
  description = "With moved_to: security group of the tasks that move carts here."
  type        = string
  default     = null
}

variable "client_security_group_id" {
  description = "Security group of the tasks, the only clients of the database."
  type        = string
}

variable "account_id" {
  description = "Account, for ARNs in policies."
  type        = string
}

variable "region" {
  description = "Region, for ARNs in policies."
  type        = string
}

variable "partition" {
  description = "Partition of AWS: aws, aws-us-gov or aws-cn."
  type        = string
}

variable "engine" {
  description = "rds (one instance, with a standby in production) or aurora (a cluster)."
  type        = string

  validation {
    condition     = contains(["rds", "aurora"], var.engine)
    error_message = "engine must be rds or aurora."
  }
}

variable "serverless" {
  description = "Aurora Serverless v2: minimum and maximum capacity in ACU (2 GiB of memory each); null for instances of instance_class."
  type = object({
    min_acu = number
    max_acu = number
  })
  default = null

  validation {
    condition     = var.serverless == null || var.engine == "aurora"
    error_message = "serverless needs engine = \"aurora\"."
  }

  validation {
    # Between 0 and 0.5 ACU there is nothing, and 0 pauses the database: the first request after a pause waits 15 seconds.
    condition     = var.serverless == null ? true : var.serverless.min_acu >= 0.5 && var.serverless.max_acu >= max(1, var.serverless.min_acu) && var.serverless.max_acu <= 256
    error_message = "serverless must have 0.5 <= min_acu <= max_acu and 1 <= max_acu <= 256."
  }
}

variable "replicas" {
  description = "Number of read replicas, for eventual reads (and, on Aurora, for failover)."
  type        = number
  default     = 0

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 14 && floor(var.replicas) == var.replicas
    error_message = "replicas must be a whole number from 0 to 14."
  }
}

variable "proxy" {
  description = "Whether the tasks connect through RDS Proxy."
  type        = bool
  default     = false

  validation {
    condition     = !var.proxy || var.replicas == 0 || var.engine == "aurora"
    error_message = "RDS Proxy reaches no replicas of an RDS instance: use engine = \"aurora\", or no replicas."
  }
}

variable "auth" {
  description = "How the service logs in: iam (an application role, by tokens) or secret (the master user, whose password RDS rotates)."
  type        = string

  validation {
    condition     = contains(["iam", "secret"], var.auth)
    error_message = "auth must be iam or secret."
  }

  validation {
    condition     = !var.proxy || var.auth == "iam"
    error_message = "proxy needs auth = \"iam\"."
  }
}

variable "engine_version" {
  description = "Major version of PostgreSQL; RDS selects the newest minor version."
  type        = string

  validation {
    # Those that the contract suite ran on (docs/aws.md).
    condition     = contains(["15", "16", "17", "18"], var.engine_version)
    error_message = "engine_version must be a major version that pushcart was tested on: 15, 16, 17 or 18."
  }
}

variable "allow_major_version_upgrade" {
  description = "Whether a change of engine_version may be applied. An upgrade cannot be undone except from a snapshot."
  type        = bool
  default     = false
}

variable "ca_certificate" {
  description = "Certificate authority of the server certificate; all are in the image's bundle."
  type        = string
  default     = "rds-ca-rsa2048-g1"

  validation {
    condition     = contains(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"], var.ca_certificate)
    error_message = "ca_certificate must be rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1."
  }
}

variable "snapshot_identifier" {
  description = "Snapshot that a new database is restored from; no effect on an existing one (docs/runbook.md)."
  type        = string
  default     = null
}

variable "instance_class" {
  description = "Instance class."
  type        = string

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "instance_class must look like db.t4g.small."
  }
}

variable "database_name" {
  description = "Name of the database."
  type        = string
  default     = "pushcart"
}

variable "username" {
  description = "The master user. RDS creates and stores its password."
  type        = string
  default     = "pushcart"
}

variable "application_role" {
  description = "The role of the service with auth = iam: owns the database, logs in by tokens, and has no other rights. The task creates it (modules/ecs/application-role.js)."
  type        = string
  default     = "pushcart_app"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{1,40}$", var.application_role)) && var.application_role != var.username
    error_message = "application_role must have lower-case letters, digits and _, and must not be the master user."
  }
}

variable "storage_gb" {
  description = "Storage, GiB."
  type        = number

  validation {
    condition     = var.storage_gb >= 20
    error_message = "storage_gb must be at least 20, the minimum of gp3."
  }
}

variable "max_storage_gb" {
  description = "Limit of storage autoscaling, GiB."
  type        = number

  validation {
    condition     = var.max_storage_gb >= var.storage_gb * 1.1
    error_message = "max_storage_gb must be at least 10 % above storage_gb."
  }
}

variable "max_connections" {
  description = "max_connections of the database. Static: it changes with the next reboot."
  type        = number
}

variable "running_max_connections" {
  description = "The value that the database runs with, while max_connections waits for a reboot; null if it is max_connections. The alarm and the check of pool sizes use the smaller of both."
  type        = number
  default     = null
}

variable "max_tasks" {
  description = "Maximum number of tasks of the service, outside a deployment."
  type        = number
}

variable "pool_size" {
  description = "Maximum number of connections of one task."
  type        = number
}

variable "backup_retention_days" {
  description = "Retention of automatic backups, days."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35
    error_message = "backup_retention_days must be from 1 to 35."
  }
}

variable "backup_window" {
  description = "Daily backup window in UTC, hh:mm-hh:mm, within one day."
  type        = string

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window)) && try(split("-", var.backup_window)[0] != split("-", var.backup_window)[1], false)
    error_message = "backup_window must look like 02:00-03:00."
  }
}

variable "maintenance_window" {
  description = "Weekly maintenance window in UTC, ddd:hh:mm-ddd:hh:mm, within one day."
  type        = string

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window)) && try(substr(split("-", var.maintenance_window)[0], 0, 3) == substr(split("-", var.maintenance_window)[1], 0, 3), false)
    error_message = "maintenance_window must look like sun:04:00-sun:05:00, within one day."
  }
}

variable "rotation_hour" {
  description = "Hour (UTC) on the first Sunday of each month in which the password is rotated."
  type        = number

  validation {
    condition     = var.rotation_hour >= 0 && var.rotation_hour <= 22 && floor(var.rotation_hour) == var.rotation_hour
    error_message = "rotation_hour must be a whole number from 0 to 22."
  }
}

variable "performance_insights" {
  description = "Whether to enable Performance Insights, which the smallest instance classes lack."
  type        = bool
}

variable "kms_key_arn" {
  description = "Customer key for storage, password and Performance Insights; null for the AWS managed keys."
  type        = string
  default     = null
}

variable "performance_insights_kms_key_arn" {
  description = "Another key for Performance Insights, for a database that has them on a key that cannot be changed; null for kms_key_arn."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Retention of exported logs, days."
  type        = number
}

variable "ca_file" {
  description = "Path of Amazon's RDS certificates in the image."
  type        = string
}

variable "statement_timeout_ms" {
  description = "Statement timeout of the service, ms (DATABASE_STATEMENT_TIMEOUT_MS)."
  type        = number
  default     = 5000
}
