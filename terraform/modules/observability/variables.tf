variable "name" {
  description = "Prefix of all names, and name of the dashboard."
  type        = string
}

variable "region" {
  description = "Region of the metrics."
  type        = string
}

variable "stores" {
  description = "The stores that are deployed."
  type        = set(string)
}

variable "load_balancer_suffix" {
  description = "Value of the LoadBalancer dimension in metrics."
  type        = string
}

variable "target_group_suffixes" {
  description = "Values of the TargetGroup dimension in metrics, by store."
  type        = map(string)
}

variable "cluster_name" {
  description = "The cluster."
  type        = string
}

variable "service_names" {
  description = "The services, by store."
  type        = map(string)
}

variable "database_instance" {
  description = "Identifier of the RDS instance; null without one."
  type        = string
  default     = null
}

variable "database_cluster" {
  description = "Identifier of the Aurora cluster; null without one."
  type        = string
  default     = null
}

variable "replica_instances" {
  description = "Identifiers of the read replicas of RDS."
  type        = list(string)
  default     = []
}

variable "log_retention_days" {
  description = "Retention of the events of deployments, days."
  type        = number
}

variable "max_connections" {
  description = "Number of connections that the database accepts now; null without PostgreSQL."
  type        = number
  default     = null
}

variable "table_name" {
  description = "The DynamoDB table; null without DynamoDB."
  type        = string
  default     = null
}

variable "replica_regions" {
  description = "The other regions of the global table that copies of this region's writes go to."
  type        = set(string)
  default     = []
}

variable "homes_log_group" {
  description = "Log group of the service whose carts have home regions; null without them."
  type        = string
  default     = null
}

variable "alarm_actions" {
  description = "Actions of alarms: ARNs, for example of an SNS topic."
  type        = list(string)

  validation {
    condition     = alltrue([for arn in var.alarm_actions : startswith(arn, "arn:")])
    error_message = "alarm_actions must be ARNs."
  }
}

variable "thresholds" {
  description = "Thresholds of alarms: server errors per minute, response time at the 99th percentile (seconds), CPU of the database (percent), free storage of the database (GiB), throttled requests per minute, lag of a read replica (seconds), time until writes arrive in the other regions (seconds)."
  type = object({
    errors_5xx           = optional(number, 10)
    p99_seconds          = optional(number, 0.5)
    database_cpu_percent = optional(number, 80)
    free_storage_gb      = optional(number, 5)
    throttles            = optional(number, 10)
    replica_lag_seconds  = optional(number, 30)
    replication_seconds  = optional(number, 30)
  })
  default = {}

  validation {
    condition     = alltrue([for limit in values(var.thresholds) : limit > 0]) && var.thresholds.database_cpu_percent <= 100
    error_message = "thresholds must be positive, and percentages at most 100."
  }
}
