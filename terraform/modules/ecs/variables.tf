variable "name" {
  description = "Prefix of all names, and the cluster's name."
  type        = string
}

variable "region" {
  description = "Region, for logs and ARNs."
  type        = string
}

variable "account_id" {
  description = "Account, for conditions in policies."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of the tasks."
  type        = list(string)
}

variable "image" {
  description = "The image with its tag or digest."
  type        = string

  validation {
    condition     = !endswith(var.image, ":latest")
    error_message = "The image must be named by a tag that stays what it is, not by latest."
  }
}

variable "repository_arn" {
  description = "The repository that the tasks may pull from."
  type        = string
}

variable "container_name" {
  description = "Name of the one container."
  type        = string
  default     = "pushcart"
}

variable "container_port" {
  description = "Port of the service in its container."
  type        = number

  validation {
    condition     = var.container_port >= 1024 && var.container_port <= 65535
    error_message = "Without capabilities a container cannot listen below 1024."
  }
}

variable "load_balancer_security_group_id" {
  description = "The only one who may call the tasks."
  type        = string
}

variable "load_balancer_suffix" {
  description = "The load balancer's name in metrics."
  type        = string
}

variable "stores" {
  description = "The services, by store: target group, command, settings, secrets (environment variable to valueFrom), and the ARNs of the secrets and their keys that they need."
  type = map(object({
    target_group_arn    = string
    target_group_suffix = string
    command             = list(string)
    environment         = map(string)
    secrets             = optional(map(string), {})
    secret_arns         = optional(list(string), [])
    secret_key_arns     = optional(list(string), [])
  }))

  validation {
    condition     = alltrue(flatten([for store in values(var.stores) : [for name in keys(store.environment) : !can(regex("PASSWORD|SECRET|TOKEN|CREDENTIAL|ACCESS_KEY", name))]]))
    error_message = "Secrets belong in `secrets`, which come from Secrets Manager, not in the environment."
  }
}

variable "task_policies" {
  description = "IAM policy of a store's task role, by store, as JSON; left out where the task needs no rights."
  type        = map(string)
  default     = {}
}

variable "redeploy_schedules" {
  description = "When tasks are replaced by fresh ones, by store, as cron(...) in UTC; for secrets that are rotated."
  type        = map(string)
  default     = {}
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one vCPU."
  type        = number
}

variable "memory" {
  description = "Memory of a task, MiB."
  type        = number
}

variable "min_tasks" {
  description = "Fewest tasks of a service."
  type        = number
}

variable "max_tasks" {
  description = "Most tasks of a service, outside a deployment."
  type        = number

  validation {
    condition     = var.max_tasks >= var.min_tasks && var.min_tasks >= 1
    error_message = "At least one task, and not more at least than at most."
  }
}

variable "cpu_target_percent" {
  description = "Average CPU that autoscaling aims at."
  type        = number
}

variable "requests_per_target" {
  description = "Requests a minute and task that autoscaling aims at."
  type        = number
}

variable "stop_timeout_seconds" {
  description = "How long a task may take to stop after SIGTERM, before it is killed."
  type        = number

  validation {
    condition     = var.stop_timeout_seconds >= 2 && var.stop_timeout_seconds <= 120
    error_message = "Fargate allows a stop timeout of 2 to 120 seconds."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, days."
  type        = number
}
