variable "name" {
  description = "Prefix of all names."
  type        = string
}

variable "region" {
  description = "Region, for the names of endpoints."
  type        = string
}

variable "account_id" {
  description = "Account, for ARNs in policies."
  type        = string
}

variable "cidr" {
  description = "Addresses of the VPC, /16 to /22: sixteen subnets are cut from them."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && can(regex("/(1[6-9]|2[0-2])$", var.cidr))
    error_message = "The VPC needs an IPv4 range from /16 to /22."
  }
}

variable "zones" {
  description = "Availability zones, two to five."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 5 && length(distinct(var.zones)) == length(var.zones)
    error_message = "Two to five different zones are needed: the load balancer and RDS want at least two."
  }
}

variable "nat_gateways" {
  description = "How many NAT gateways: 0 (interface endpoints instead), 1, or up to one per zone."
  type        = number

  validation {
    condition     = var.nat_gateways >= 0 && var.nat_gateways <= length(var.zones) && floor(var.nat_gateways) == var.nat_gateways
    error_message = "nat_gateways is a whole number from 0 to the number of zones."
  }
}

variable "table_name" {
  description = "The one DynamoDB table that may be reached through the gateway endpoint."
  type        = string
}

variable "flow_log_retention_days" {
  description = "How long flow logs are kept, days."
  type        = number
}
