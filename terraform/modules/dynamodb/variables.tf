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
  description = "Cost cap: most read request units a second, of the table and of each index."
  type        = number

  validation {
    condition     = var.max_read_units >= 1
    error_message = "The cap is at least 1."
  }
}

variable "max_write_units" {
  description = "Cost cap: most write request units a second, of the table and of each index."
  type        = number

  validation {
    condition     = var.max_write_units >= 1
    error_message = "The cap is at least 1."
  }
}

variable "recovery_days" {
  description = "How far back the table can be restored, days."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35
    error_message = "Point-in-time recovery reaches back 1 to 35 days."
  }
}

variable "kms_key_arn" {
  description = "Customer key for the table; null for the account's key of DynamoDB."
  type        = string
  default     = null
}
