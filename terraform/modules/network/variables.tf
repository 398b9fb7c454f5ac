variable "name" {
  description = "Prefix of all names."
  type        = string
}

variable "region" {
  description = "Region, for the service names of endpoints."
  type        = string
}

variable "account_id" {
  description = "Account, for ARNs in policies."
  type        = string
}

variable "cidr" {
  description = "IPv4 range of the VPC, /16 to /22, which is divided into sixteen subnets."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && can(regex("/(1[6-9]|2[0-2])$", var.cidr))
    error_message = "cidr must be an IPv4 range from /16 to /22."
  }
}

variable "zones" {
  description = "Availability zones, two to five."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 5 && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must be two to five different zones: the load balancer and RDS need two."
  }
}

variable "nat_gateways" {
  description = "Number of NAT gateways, from 0 (interface endpoints instead) to one per zone."
  type        = number

  validation {
    condition     = var.nat_gateways >= 0 && var.nat_gateways <= length(var.zones) && floor(var.nat_gateways) == var.nat_gateways
    error_message = "nat_gateways must be a whole number from 0 to the number of zones."
  }
}

variable "table_actions" {
  description = "Actions on the table beyond those of the service: those of a move."
  type        = list(string)
  default     = []
}

variable "table_name" {
  description = "The only DynamoDB table that can be reached through the gateway endpoint."
  type        = string
}

variable "flow_log_retention_days" {
  description = "Retention of flow logs, days."
  type        = number
}

variable "partition" {
  description = "Partition of AWS: aws, aws-us-gov or aws-cn."
  type        = string
}
