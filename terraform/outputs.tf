output "active_url" {
  description = "URL of the active store by the name of the load balancer; clients use the host name of the certificate."
  value       = "https://${module.alb.dns_name}"
}

output "compare_urls" {
  description = "Base URLs of both stores for `pushcart compare`; empty unless compare is true."
  value       = var.compare ? { postgres = "https://${module.alb.dns_name}:8443", dynamodb = "https://${module.alb.dns_name}:9443" } : {}
}

output "stores" {
  description = "The stores that are deployed."
  value       = sort(local.stores)
}

output "load_balancer" {
  description = "Name and hosted zone of the load balancer, for a DNS record, and its ARN, for a web ACL."
  value       = { dns_name = module.alb.dns_name, zone_id = module.alb.zone_id, arn = module.alb.arn }
}

output "repository_url" {
  description = "URL of the image repository."
  value       = module.ecr.repository_url
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.ecs.cluster_name
}

output "service_names" {
  description = "The ECS services, by store."
  value       = module.ecs.service_names
}

output "log_group_names" {
  description = "Log groups of the services, by store."
  value       = module.ecs.log_group_names
}

output "table_name" {
  description = "The DynamoDB table; null without DynamoDB."
  value       = local.on_dynamodb ? module.dynamodb[0].table_name : null
}

output "database_address" {
  description = "Host name of PostgreSQL; null without PostgreSQL."
  value       = local.on_postgres ? module.rds[0].address : null
}

output "database_secret_arn" {
  description = "ARN of the secret with the password of PostgreSQL; null without PostgreSQL."
  value       = local.on_postgres ? module.rds[0].secret_arn : null
}

output "database_reboot_required" {
  description = "How to make max_connections effective, while it waits for a reboot; null otherwise."
  value       = local.on_postgres ? module.rds[0].reboot_required : null
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.observability.dashboard_name
}

output "alarm_names" {
  description = "Names of all alarms."
  value       = module.observability.alarm_names
}

output "deploy_role_arn" {
  description = "ARN of the role of the GitHub workflow; null without the workflow."
  value       = one(module.cicd[*].role_arn)
}

output "active_target_group" {
  description = "The target group behind port 443."
  value       = module.alb.active_target_group_arn
}

output "target_group_arns" {
  description = "The target groups, by store."
  value       = module.alb.target_group_arns
}
