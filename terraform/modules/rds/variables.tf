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

variable "client_security_group_id" {
  description = "Security group of the tasks, the only clients of the database."
  type        = string
}

variable "engine_version" {
  description = "Major version of PostgreSQL; RDS selects the newest minor version."
  type        = string

  validation {
    condition     = can(regex("^1[5-9]$", var.engine_version))
    error_message = "engine_version must be a major version from 15 to 19, such as 17."
  }
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
  description = "The master user, which owns the schema. RDS creates and stores its password."
  type        = string
  default     = "pushcart"
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
  description = "max_connections of the database."
  type        = number
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
  description = "Customer key for storage and password; null for the AWS managed keys."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Retention of exported logs, days."
  type        = number
}
