variable "name" {
  description = "Prefix of all names."
  type        = string

  validation {
    condition     = length(var.name) <= 23
    error_message = "name must have at most 23 characters: a target group's name, which adds the store, may have 32."
  }
}

variable "region" {
  description = "Region, for ARNs in policies."
  type        = string
}

variable "account_id" {
  description = "Account, for ARNs in policies."
  type        = string
}

variable "production" {
  description = "Protect the load balancer and its logs from deletion."
  type        = bool
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the load balancer, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must have at least two subnets: a load balancer needs two zones."
  }
}

variable "internal" {
  description = "Whether the load balancer has private addresses only."
  type        = bool
}

variable "stores" {
  description = "The stores that are deployed; each gets a target group."
  type        = set(string)

  validation {
    condition     = length(var.stores) > 0 && length(setsubtract(var.stores, ["postgres", "dynamodb"])) == 0
    error_message = "stores must be postgres, dynamodb or both."
  }
}

variable "active_store" {
  description = "The store behind port 443."
  type        = string

  validation {
    condition     = contains(var.stores, var.active_store)
    error_message = "active_store must be one of stores."
  }
}

variable "fixed_ports" {
  description = "Ports that always lead to the same store, by store. Empty unless both stores are deployed."
  type        = map(number)

  validation {
    condition     = length(distinct(values(var.fixed_ports))) == length(var.fixed_ports) && length(setintersection(values(var.fixed_ports), [80, 443])) == 0
    error_message = "fixed_ports must differ from one another and from 80 and 443."
  }
}

variable "ingress_cidrs" {
  description = "IPv4 ranges that may reach ports 80 and 443."
  type        = list(string)
}

variable "fixed_cidrs" {
  description = "IPv4 ranges that may reach the fixed ports."
  type        = list(string)
}

variable "certificate_arn" {
  description = "Certificate of all HTTPS listeners."
  type        = string
}

variable "tls_policy" {
  description = "Security policy of the HTTPS listeners: TLS 1.2 or newer, forward secrecy only."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  validation {
    condition = contains([
      "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06",
      "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    ], var.tls_policy)
    error_message = "tls_policy must be a policy of TLS 1.2 or newer with forward secrecy, such as ELBSecurityPolicy-TLS13-1-2-2021-06."
  }
}

variable "container_port" {
  description = "Port of the service in its container."
  type        = number
}

variable "deregistration_delay_seconds" {
  description = "How long a deregistered target may finish its requests, seconds."
  type        = number
}

variable "log_retention_days" {
  description = "Retention of access logs, days."
  type        = number
}

variable "partition" {
  description = "Partition of AWS: aws, aws-us-gov or aws-cn."
  type        = string
}

variable "web_acl_arn" {
  description = "Regional web ACL of AWS WAF in front of the load balancer; null for none."
  type        = string
  default     = null
}
