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
  default     = true
}

variable "client_cidrs" {
  description = "IPv4 ranges that may reach the service: your own address, as 203.0.113.7/32."
  type        = list(string)
}
