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
  default     = ["postgres", "dynamodb"]
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

variable "compare" {
  description = "Whether each store also has a port of its own, PostgreSQL 8443 and DynamoDB 9443."
  type        = bool
  default     = true
}

variable "client_cidrs" {
  description = "IPv4 ranges that may reach the service: your own address, as 203.0.113.7/32."
  type        = list(string)
}
