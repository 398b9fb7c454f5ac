variable "name" {
  description = "Prefix of all names, the one that the rest is deployed under."
  type        = string
}

variable "account_id" {
  description = "Account, for ARNs."
  type        = string
}

variable "github_repository" {
  description = "The one repository whose workflow may take the role, OWNER/NAME."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "github_repository is OWNER/NAME, without wildcards."
  }
}

variable "github_environment" {
  description = "The one environment of that repository whose jobs may take the role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.github_environment))
    error_message = "github_environment is the name of one environment, without wildcards."
  }
}

variable "create_oidc_provider" {
  description = "Whether to make the account's provider for GitHub, which there can be only one of."
  type        = bool
  default     = true
}

variable "repository_arn" {
  description = "The image repository that may be pushed to."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of the Terraform state."
  type        = string
}

variable "state_key" {
  description = "Name of the state in that bucket."
  type        = string
}
