variable "name" {
  description = "Prefix of all names, and the instance's name."
  type        = string
}

variable "production" {
  description = "Two zones, deletion protection, a final snapshot."
  type        = bool
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Isolated subnets, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "RDS needs subnets in two zones."
  }
}

variable "client_security_group_id" {
  description = "Security group of the tasks, the only ones who may connect."
  type        = string
}

variable "engine_version" {
  description = "Major version of PostgreSQL; RDS picks the newest minor one."
  type        = string

  validation {
    condition     = can(regex("^1[5-9]$", var.engine_version))
    error_message = "engine_version is a major version from 15 on, such as 17."
  }
}

variable "instance_class" {
  description = "Size of the instance."
  type        = string

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "instance_class looks like db.t4g.small."
  }
}

variable "database_name" {
  description = "The database that is made."
  type        = string
  default     = "pushcart"
}

variable "username" {
  description = "The master user, who owns the schema; its password is made and kept by RDS."
  type        = string
  default     = "pushcart"
}

variable "storage_gb" {
  description = "Storage, GiB."
  type        = number

  validation {
    condition     = var.storage_gb >= 20
    error_message = "gp3 starts at 20 GiB."
  }
}

variable "max_storage_gb" {
  description = "How far the storage may grow by itself, GiB."
  type        = number

  validation {
    condition     = var.max_storage_gb >= var.storage_gb * 1.1
    error_message = "Storage autoscaling needs a limit at least 10 % above the storage."
  }
}

variable "max_connections" {
  description = "Most connections of the database."
  type        = number
}

variable "max_tasks" {
  description = "Most tasks of the service, outside a deployment."
  type        = number
}

variable "pool_size" {
  description = "Most connections of one task."
  type        = number
}

variable "backup_retention_days" {
  description = "How long automatic backups are kept, days."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35
    error_message = "Backups are kept for 1 to 35 days."
  }
}

variable "backup_window" {
  description = "Daily, UTC, hh:mm-hh:mm, within one day."
  type        = string

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window)) && try(split("-", var.backup_window)[0] != split("-", var.backup_window)[1], false)
    error_message = "backup_window looks like 02:00-03:00."
  }
}

variable "maintenance_window" {
  description = "Weekly, UTC, ddd:hh:mm-ddd:hh:mm, within one day."
  type        = string

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window)) && try(substr(split("-", var.maintenance_window)[0], 0, 3) == substr(split("-", var.maintenance_window)[1], 0, 3), false)
    error_message = "maintenance_window looks like sun:04:00-sun:05:00 and stays within one day."
  }
}

variable "rotation_hour" {
  description = "Hour (UTC) of the first Sunday of a month in which the password is rotated."
  type        = number

  validation {
    condition     = var.rotation_hour >= 0 && var.rotation_hour <= 22 && floor(var.rotation_hour) == var.rotation_hour
    error_message = "rotation_hour is a whole hour from 0 to 22."
  }
}

variable "performance_insights" {
  description = "Whether Performance Insights is on; the smallest classes do not have it."
  type        = bool
}

variable "kms_key_arn" {
  description = "Customer key for storage and password; null for Amazon's own."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long exported logs are kept, days."
  type        = number
}
