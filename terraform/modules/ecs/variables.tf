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
  description = "The image with its digest."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must end in a digest, @sha256:..."
  }
}

variable "repository_arn" {
  description = "The repository that the tasks may pull from."
  type        = string
}

variable "container_name" {
  description = "Name of the container."
  type        = string
  default     = "pushcart"
}

variable "container_port" {
  description = "Port of the service in its container."
  type        = number

  validation {
    condition     = var.container_port >= 1024 && var.container_port <= 65535
    error_message = "container_port must be from 1024 to 65535: a container without capabilities cannot listen below 1024."
  }
}

variable "load_balancer_security_group_id" {
  description = "Security group of the load balancer, the only client of the tasks."
  type        = string
}

variable "load_balancer_suffix" {
  description = "Value of the LoadBalancer dimension in metrics."
  type        = string
}

variable "stores" {
  description = "The services, by store: target group, command, settings, secrets (valueFrom by environment variable), a script that runs in a container of its own before each task, and the ARNs of these secrets and their keys."
  type = map(object({
    target_group_arn    = string
    target_group_suffix = string
    command             = list(string)
    environment         = map(string)
    secrets             = optional(map(string), {})
    init = optional(map(object({
      name        = string
      script      = string
      environment = map(string)
      secrets     = map(string)
    })), {})
    secret_arns     = optional(list(string), [])
    secret_key_arns = optional(list(string), [])
  }))

  validation {
    condition     = alltrue(flatten([for store in values(var.stores) : [for name in keys(store.environment) : !can(regex("PASSWORD|SECRET|TOKEN|CREDENTIAL|ACCESS_KEY", name)) || endswith(name, "_ARN")]]))
    error_message = "environment must not have secrets; use `secrets`, which come from Secrets Manager."
  }
}

variable "task_policies" {
  description = "IAM policies (JSON) of the task roles, by store. A task without an entry has no rights."
  type        = map(string)
  default     = {}
}

variable "cpu" {
  description = "CPU units of a task; 1024 units are one vCPU."
  type        = number
}

variable "memory" {
  description = "Memory of a task, MiB."
  type        = number
}

variable "min_tasks" {
  description = "Minimum number of tasks of a service."
  type        = number
}

variable "max_tasks" {
  description = "Maximum number of tasks of a service, outside a deployment."
  type        = number

  validation {
    condition     = var.max_tasks > var.min_tasks && var.min_tasks >= 1
    error_message = "The minimum number of tasks must be at least 1 and below the maximum: otherwise nothing scales."
  }
}

variable "cpu_target_percent" {
  description = "Target of autoscaling: average CPU, percent."
  type        = number
}

variable "requests_per_target" {
  description = "Target of autoscaling: requests per minute and task."
  type        = number
}

variable "stop_timeout_seconds" {
  description = "Time from SIGTERM until a task is killed, seconds."
  type        = number

  validation {
    condition     = var.stop_timeout_seconds >= 2 && var.stop_timeout_seconds <= 120
    error_message = "stop_timeout_seconds must be from 2 to 120, the range of Fargate."
  }
}

variable "log_retention_days" {
  description = "Retention of logs, days."
  type        = number
}

variable "partition" {
  description = "Partition of AWS: aws, aws-us-gov or aws-cn."
  type        = string
}
