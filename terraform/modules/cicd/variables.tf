variable "name" {
  description = "Prefix of all names, the same as for the other modules."
  type        = string
}

variable "region" {
  description = "Region, for ARNs."
  type        = string
}

variable "partition" {
  description = "Partition of AWS: aws, aws-us-gov or aws-cn."
  type        = string
}

variable "account_id" {
  description = "Account, for ARNs."
  type        = string
}

variable "github_repository" {
  description = "The repository whose workflow may assume the role, OWNER/NAME."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "github_repository must be OWNER/NAME, without wildcards."
  }
}

variable "github_environment" {
  description = "The GitHub environment whose jobs may assume the role. Limit it to the protected branch (docs/aws.md#delivery): the role trusts it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.github_environment))
    error_message = "github_environment must be the name of an environment, without wildcards."
  }
}

variable "create_oidc_provider" {
  description = "Whether to create the OpenID Connect provider for GitHub. An account can have only one."
  type        = bool
  default     = true
}

variable "repository_arn" {
  description = "ARN of the image repository."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of the Terraform state."
  type        = string
}

variable "state_key" {
  description = "Key of the Terraform state in the bucket."
  type        = string
}
