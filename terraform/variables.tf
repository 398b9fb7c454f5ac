variable "name" {
  description = "First part of all names."
  type        = string
  default     = "pushcart"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,10}[a-z0-9]$", var.name))
    error_message = "name must have 3 to 12 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "environment" {
  description = "Second part of all names, such as dev or prod, so that an account can have several environments."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "environment must have 2 to 8 lower-case letters and digits."
  }
}

variable "production" {
  description = "Whether to protect data: two zones for RDS, deletion protection of databases and load balancer, a final snapshot, at least two tasks."
  type        = bool

  validation {
    condition     = !var.production || var.task.min >= 2
    error_message = "task.min must be at least 2 in production."
  }
}

variable "region" {
  description = "Region, the same as the provider's."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must look like us-east-1."
  }
}

variable "account_id" {
  description = "Account, for ARNs in policies."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must have twelve digits."
  }
}

variable "stores" {
  description = "The stores that are deployed: postgres, dynamodb or both. Removing one from the set removes its data; nothing else does."
  type        = set(string)

  validation {
    condition     = length(var.stores) > 0 && length(setsubtract(var.stores, ["postgres", "dynamodb"])) == 0
    error_message = "stores must be postgres, dynamodb or both."
  }
}

variable "database" {
  description = "The store behind port 443, one of stores. A change of it changes one listener and nothing else."
  type        = string

  validation {
    condition     = contains(var.stores, var.database)
    error_message = "database must be one of stores: deploy the other store first."
  }
}

variable "move" {
  description = "Stores between which carts move (docs/moving.md): the tasks of `from` get the settings and rights for it. From before the move until the flip, then null."
  type        = object({ from = string, to = string })
  default     = null

  validation {
    condition     = var.move == null ? true : contains(var.stores, var.move.from) && contains(var.stores, var.move.to) && var.move.from != var.move.to
    error_message = "move.from and move.to must be two of stores."
  }

  validation {
    condition     = var.move == null || !var.postgres.proxy
    error_message = "A move needs sessions, which RDS Proxy does not give: set postgres.proxy = false first."
  }
}

variable "compare" {
  description = "Whether each store also has a port of its own, PostgreSQL 8443 and DynamoDB 9443, open to compare_cidrs."
  type        = bool
  default     = false

  validation {
    condition     = !var.compare || length(var.stores) == 2
    error_message = "compare needs both stores."
  }
}

variable "compare_cidrs" {
  description = "IPv4 ranges that may reach ports 8443 and 9443: the addresses of the load generator."
  type        = list(string)
  default     = []

  validation {
    condition     = !var.compare || length(var.compare_cidrs) > 0
    error_message = "compare_cidrs must not be empty if compare is true: it opens ports 8443 and 9443."
  }

  validation {
    condition     = alltrue([for cidr in var.compare_cidrs : can(cidrnetmask(cidr))])
    error_message = "compare_cidrs must be IPv4 ranges such as 203.0.113.7/32."
  }

  validation {
    condition     = lookup(var.settings, "AUTH", "") != "none" || var.internal || alltrue([for cidr in var.compare_cidrs : can(regex(local.limited_cidr, cidr))])
    error_message = "AUTH = \"none\" opens every cart to everyone in compare_cidrs: require tokens (AUTH_JWKS_URL), or limit the ranges to /16 or smaller."
  }
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC."
  type        = string
  default     = "10.40.0.0/16"
}

variable "zones" {
  description = "Availability zones of the region, two to five; null for the first zone_count of those that the account has. Fix them once applied: a zone that is added or withdrawn by Amazon would otherwise move subnets."
  type        = list(string)
  default     = null

  validation {
    condition     = var.zones == null ? true : alltrue([for zone in var.zones : startswith(zone, var.region)])
    error_message = "zones must be in the region."
  }
}

variable "zone_count" {
  description = "Number of zones, if zones is null."
  type        = number
  default     = 2
}

variable "nat_gateways" {
  description = "Number of NAT gateways, from 0 (four interface endpoints instead) to one per zone."
  type        = number
  default     = 1

  validation {
    condition     = var.nat_gateways > 0 || lookup(var.settings, "AUTH_JWKS_URL", "") == ""
    error_message = "Without a NAT gateway, tasks cannot fetch AUTH_JWKS_URL: put the keys into the image and set AUTH_JWKS_FILE."
  }
}

variable "internal" {
  description = "Whether the load balancer has private addresses only."
  type        = bool
  default     = false
}

variable "ingress_cidrs" {
  description = "IPv4 ranges that may reach ports 80 and 443."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = alltrue([for cidr in var.ingress_cidrs : can(cidrnetmask(cidr))])
    error_message = "ingress_cidrs must be IPv4 ranges."
  }

  validation {
    condition     = lookup(var.settings, "AUTH", "") != "none" || var.internal || alltrue([for cidr in var.ingress_cidrs : can(regex(local.limited_cidr, cidr))])
    error_message = "AUTH = \"none\" opens every cart to everyone in ingress_cidrs: require tokens (AUTH_JWKS_URL), or limit the ranges to /16 or smaller."
  }
}

variable "certificate_arn" {
  description = "ARN of the certificate (ACM, same region) for the host name that clients use."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate in ACM."
  }
}

variable "tls_policy" {
  description = "Security policy of the HTTPS listeners, TLS 1.2 or newer."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"
}

variable "image_digest" {
  description = "Digest of the image in the repository, sha256:... A tag can be pushed by whoever may push; a digest is its content."
  type        = string

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "image_digest must be sha256: and 64 hexadecimal digits."
  }
}

variable "image_kms_key_arn" {
  description = "Customer key for the images; null for AES-256 with keys of Amazon."
  type        = string
  default     = null
}

variable "web_acl_arn" {
  description = "Regional web ACL of AWS WAF in front of the load balancer; null for none."
  type        = string
  default     = null
}

variable "task" {
  description = "Tasks of each service: CPU units, memory (MiB), minimum and maximum number, and targets of autoscaling (CPU in percent, requests per minute and task)."
  type = object({
    cpu                 = optional(number, 512)
    memory              = optional(number, 1024)
    min                 = optional(number, 1)
    max                 = optional(number, 2)
    cpu_target_percent  = optional(number, 60)
    requests_per_target = optional(number, 30000)
  })
  default = {}

  validation {
    condition     = var.task.min >= 1 && var.task.max > var.task.min
    error_message = "The minimum number of tasks must be at least 1 and below the maximum: otherwise nothing scales."
  }

  validation {
    condition     = var.task.cpu_target_percent >= 10 && var.task.cpu_target_percent <= 90 && var.task.requests_per_target > 0
    error_message = "cpu_target_percent must be from 10 to 90, requests_per_target positive."
  }
}

variable "pool_size" {
  description = "Maximum number of connections of one task to PostgreSQL (DATABASE_POOL_SIZE)."
  type        = number
  default     = 10

  validation {
    condition     = var.pool_size >= 1 && var.pool_size <= 1000
    error_message = "pool_size must be from 1 to 1000."
  }
}

variable "drain_seconds" {
  description = "How long requests in flight may take when a task stops, seconds (DRAIN_TIMEOUT_MS)."
  type        = number
  default     = 20

  validation {
    condition     = var.drain_seconds >= 1 && var.drain_seconds <= 110
    error_message = "drain_seconds must be from 1 to 110: Fargate kills a task 120 seconds after SIGTERM."
  }
}

variable "settings" {
  description = "Other settings of the service, by environment variable (see docs/settings.md); no secrets. AUTH_JWKS_URL, or AUTH = none, is required."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.settings), local.input_settings)) == 0
    error_message = "settings must not contain settings that come from other inputs: ${join(", ", setintersection(keys(var.settings), local.input_settings))}."
  }

  # The service would refuse to start: as a rule, a typing error.
  validation {
    condition     = length([for name in keys(var.settings) : name if !can(local.schema[name]) && !contains(local.input_settings, name) && !can(regex(local.library_settings, name))]) == 0
    error_message = "No settings of the service: ${join(", ", [for name in keys(var.settings) : name if !can(local.schema[name]) && !contains(local.input_settings, name) && !can(regex(local.library_settings, name))])}. See docs/settings.md; variables of OpenTelemetry start with OTEL_."
  }

  # An empty value counts as unset.
  validation {
    condition = alltrue([for name, value in var.settings : value == "" || (
      can(local.schema[name].enum) ? contains(local.schema[name].enum, value) :
      can(local.schema[name].minimum) ? try(tonumber(value) >= local.schema[name].minimum && tonumber(value) <= local.schema[name].maximum && floor(tonumber(value)) == tonumber(value), false) :
      can(local.schema[name].pattern) ? can(regex(local.schema[name].pattern, value)) : true
    )])
    error_message = "settings must have values that the service accepts: see docs/settings.md."
  }

  validation {
    condition     = anytrue([for name in ["AUTH_JWKS_URL", "AUTH_JWKS_FILE"] : lookup(var.settings, name, "") != ""]) || lookup(var.settings, "AUTH", "") == "none"
    error_message = "settings must contain AUTH_JWKS_URL, which requires tokens, or AUTH = \"none\", which lets everyone who reaches the load balancer access every cart."
  }

  validation {
    condition     = !anytrue([for name in ["AUTH_JWKS_URL", "AUTH_JWKS_FILE"] : lookup(var.settings, name, "") != ""]) || lookup(var.settings, "AUTH", "") == ""
    error_message = "settings must not contain both keys and AUTH = \"none\": the service would not start."
  }
}

variable "postgres" {
  description = "PostgreSQL, as an RDS instance or an Aurora cluster: see modules/rds/variables.tf."
  type = object({
    engine                           = optional(string, "rds")
    serverless                       = optional(object({ min_acu = number, max_acu = number }))
    replicas                         = optional(number, 0)
    proxy                            = optional(bool, false)
    auth                             = optional(string, "iam")
    engine_version                   = optional(string, "17")
    allow_major_version_upgrade      = optional(bool, false)
    ca_certificate                   = optional(string, "rds-ca-rsa2048-g1")
    snapshot_identifier              = optional(string)
    instance_class                   = optional(string, "db.t4g.micro")
    storage_gb                       = optional(number, 20)
    max_storage_gb                   = optional(number, 100)
    max_connections                  = optional(number, 100)
    running_max_connections          = optional(number)
    backup_retention_days            = optional(number, 1)
    backup_window                    = optional(string, "02:00-03:00")
    maintenance_window               = optional(string, "sun:06:00-sun:07:00")
    rotation_hour                    = optional(number, 4)
    performance_insights             = optional(bool, false)
    performance_insights_kms_key_arn = optional(string)
    kms_key_arn                      = optional(string)
  })
  default = {}
}

variable "dynamodb" {
  description = "The table: maximum read and write request units per second (a cost limit), a customer key, and the other regions of a global table. In them, replica_of names the region whose deployment has the table."
  type = object({
    max_read_units       = optional(number, 1000)
    max_write_units      = optional(number, 1000)
    kms_key_arn          = optional(string)
    replica_regions      = optional(map(object({ kms_key_arn = optional(string) })), {})
    replica_of           = optional(string)
    one_region_at_a_time = optional(bool, false)
  })
  default = {}

  validation {
    condition     = var.dynamodb.replica_of == null || var.dynamodb.one_region_at_a_time != (var.homes != null)
    error_message = "With replica_of, two regions run the service on one global table, and changes of a cart in both are lost: the last writer wins. Give carts home regions (homes), or send traffic to one region at a time, and say so with one_region_at_a_time = true."
  }

  validation {
    condition     = var.homes == null ? true : (length(var.homes.kms_key_arns) > 0) == (var.dynamodb.kms_key_arn != null)
    error_message = "homes.kms_key_arns must have the keys of the table in the other regions if this region's table has a customer key, and none otherwise."
  }
}

variable "homes" {
  description = "Home regions of carts (docs/operations.md), so that all regions of a global table serve at once; null if one does. The same in the deployments of all regions: `regions` in this order (HOME_REGIONS), `version` higher with each change of it. `kms_key_arns` has the customer keys of the table in the other regions."
  type = object({
    regions      = list(string)
    version      = number
    requests     = optional(string, "proxy")
    kms_key_arns = optional(map(string), {})
  })
  default = null

  validation {
    condition     = var.homes == null ? true : alltrue([for entry in var.homes.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]=(https://[^,=?#]+|paused|[a-z]{2}(-[a-z]+)+-[0-9])$", entry))])
    error_message = "homes.regions must have entries such as us-east-1=https://us.shop.example, us-east-1=eu-west-1 or us-east-1=paused."
  }

  validation {
    condition     = var.homes == null ? true : contains([for entry in var.homes.regions : split("=", entry)[0]], var.region) && length(distinct([for entry in var.homes.regions : split("=", entry)[0]])) == length(var.homes.regions)
    error_message = "homes.regions must contain the region of this deployment, and none twice."
  }

  validation {
    condition     = var.homes == null ? true : alltrue([for entry in var.homes.regions : split("=", entry)[1] == "paused" || startswith(split("=", entry)[1], "https://") || anytrue([for other in var.homes.regions : startswith(other, "${split("=", entry)[1]}=https://")])])
    error_message = "homes.regions: a region that takes over must have a URL."
  }

  validation {
    condition     = var.homes == null ? true : var.homes.version >= 1 && floor(var.homes.version) == var.homes.version && contains(["proxy", "redirect", "table"], var.homes.requests)
    error_message = "homes.version must be a whole number from 1, and homes.requests proxy, redirect or table."
  }

  validation {
    condition     = var.homes == null ? true : contains(var.stores, "dynamodb") && var.move == null
    error_message = "homes are for a global table: stores must contain dynamodb, and no carts can move meanwhile."
  }

  validation {
    condition     = var.homes == null || var.nat_gateways > 0
    error_message = "homes need a NAT gateway: the endpoint of DynamoDB in the network reaches this region only."
  }
}

variable "log_retention_days" {
  description = "Retention of logs, days; one of the periods of CloudWatch."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a period of CloudWatch: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 ..."
  }
}

variable "alarm_actions" {
  description = "Actions of alarms: ARNs, for example of an SNS topic."
  type        = list(string)
  default     = []
}

variable "thresholds" {
  description = "Thresholds of alarms: see modules/observability/variables.tf."
  type = object({
    errors_5xx           = optional(number)
    p99_seconds          = optional(number)
    database_cpu_percent = optional(number)
    free_storage_gb      = optional(number)
    throttles            = optional(number)
    replica_lag_seconds  = optional(number)
    replication_seconds  = optional(number)
  })
  default = {}
}

variable "github" {
  description = "The GitHub workflow that tests, builds, pushes and plans: repository (OWNER/NAME), environment, and location of the state. Null for none."
  type = object({
    repository           = string
    environment          = string
    state_bucket         = string
    state_key            = string
    create_oidc_provider = optional(bool, true)
  })
  default = null
}
