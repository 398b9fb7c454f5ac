variable "region" {
  description = "Where to deploy."
  type        = string
  default     = "us-east-1"
}

variable "account_id" {
  description = "The account to deploy to; the provider refuses any other."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate (ACM, same region) for the host name that clients use."
  type        = string
}

variable "image_tag" {
  description = "Tag of the image to run."
  type        = string
}

variable "database" {
  description = "The store behind port 443: postgres or dynamodb."
  type        = string
  default     = "postgres"
}

variable "compare" {
  description = "Deploy both stores, PostgreSQL on port 8443 and DynamoDB on 9443."
  type        = bool
  default     = true
}

variable "client_cidrs" {
  description = "Who may reach it: your own address, as 203.0.113.7/32."
  type        = list(string)
}
