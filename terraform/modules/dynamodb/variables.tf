variable "name" {
  description = "Name of the table."
  type        = string
}

variable "production" {
  description = "Deletion protection."
  type        = bool
}

variable "region" {
  description = "Region, for conditions in policies."
  type        = string
}

variable "max_read_units" {
  description = "Cost limit: maximum read request units per second, of the table and of each index."
  type        = number

  validation {
    condition     = var.max_read_units >= 1
    error_message = "The maximum must be at least 1."
  }
}

variable "max_write_units" {
  description = "Cost limit: maximum write request units per second, of the table and of each index."
  type        = number

  validation {
    condition     = var.max_write_units >= 1
    error_message = "The maximum must be at least 1."
  }
}

variable "recovery_days" {
  description = "Window of point-in-time recovery, days."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35
    error_message = "recovery_days must be from 1 to 35."
  }
}

variable "kms_key_arn" {
  description = "Customer key for the table; null for the AWS managed key of DynamoDB."
  type        = string
  default     = null
}

variable "partition" {
  description = "Partition of AWS: aws, aws-us-gov or aws-cn."
  type        = string
}

variable "replica_regions" {
  description = "Regions of the replicas of a global table, each with its customer key; empty for one region."
  type        = map(object({ kms_key_arn = optional(string) }))
  default     = {}

  validation {
    condition     = !contains(keys(var.replica_regions), var.region)
    error_message = "replica_regions must not contain the region of the table itself."
  }
}

variable "replica_of" {
  description = "Region whose deployment has the table and its replica in this region; null if this deployment has the table."
  type        = string
  default     = null

  validation {
    condition     = var.replica_of == null ? true : var.replica_of != var.region && length(var.replica_regions) == 0
    error_message = "replica_of must be another region, and then replica_regions belongs to that deployment."
  }
}

variable "account_id" {
  description = "Account, for ARNs in policies."
  type        = string
}

variable "home_regions" {
  description = "Other regions of the global table that are home of carts, each with its customer key: the service writes and reads these carts there."
  type        = map(object({ kms_key_arn = optional(string) }))
  default     = {}

  validation {
    condition     = !contains(keys(var.home_regions), var.region)
    error_message = "home_regions must not contain the region of the table itself."
  }
}
