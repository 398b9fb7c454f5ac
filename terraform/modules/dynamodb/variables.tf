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
