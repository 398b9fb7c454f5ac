variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
}

variable "account_id" {
  description = "AWS account; the provider refuses any other."
  type        = string
}

variable "certificate_arn" {
  description = "ARN of the certificate (ACM, same region) for the host name that clients use."
  type        = string
}

variable "image_tag" {
  description = "Tag of the image."
  type        = string
}

variable "database" {
  description = "The store behind port 443: postgres or dynamodb."
  type        = string
  default     = "postgres"
}

variable "compare" {
  description = "Whether to deploy both stores, PostgreSQL on port 8443 and DynamoDB on 9443."
  type        = bool
  default     = false
}

variable "compare_cidrs" {
  description = "IPv4 ranges that may reach ports 8443 and 9443: the load generator, as 203.0.113.7/32."
  type        = list(string)
  default     = []
}

variable "settings" {
  description = "Other settings of the service: AUTH_JWKS_URL and the other AUTH_* settings."
  type        = map(string)
}

variable "alarm_mail" {
  description = "E-mail address that receives alarms."
  type        = string
}

variable "github_repository" {
  description = "GitHub repository of the workflow, OWNER/NAME."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of this state, the same as in the configuration of the backend."
  type        = string
}
