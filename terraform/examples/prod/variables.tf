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

variable "image_digest" {
  description = "Digest of the image, sha256:..."
  type        = string
}

variable "zones" {
  description = "Availability zones; null for the first ones of the account."
  type        = list(string)
  default     = null
}

variable "stores" {
  description = "The stores that are deployed: postgres, dynamodb or both."
  type        = set(string)
  default     = ["postgres"]
}

variable "database" {
  description = "The store behind port 443, one of stores."
  type        = string
  default     = "postgres"
}

variable "move" {
  description = "During a move of carts: the stores, such as { from = \"postgres\", to = \"dynamodb\" }."
  type        = object({ from = string, to = string })
  default     = null
}

variable "dynamodb" {
  description = "Of a global table: replica_regions in one region, replica_of in the others."
  type        = any
  default     = {}
}

variable "homes" {
  description = "Home regions of carts, so that all regions of a global table serve: the same in all regions."
  type        = any
  default     = null
}

variable "compare" {
  description = "Whether each store also has a port of its own, PostgreSQL 8443 and DynamoDB 9443."
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

variable "name" {
  description = "First part of all names."
  type        = string
  default     = "pushcart"
}

variable "environment" {
  description = "Second part of all names."
  type        = string
  default     = "prod"
}

variable "github_environment" {
  description = "GitHub environment of the workflow, limited to the protected branch."
  type        = string
  default     = "prod"
}

variable "create_oidc_provider" {
  description = "False if the account has an identity provider for GitHub already, as after the deployment of another region."
  type        = bool
  default     = true
}

variable "web_acl_arn" {
  description = "Regional web ACL of AWS WAF in front of the load balancer; empty for none."
  type        = string
  default     = ""
}
