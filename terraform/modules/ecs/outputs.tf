output "cluster_name" {
  description = "The cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_names" {
  description = "The services, by store."
  value       = { for store, service in aws_ecs_service.this : store => service.name }
}

output "security_group_ids" {
  description = "The tasks' security groups, by store."
  value       = { for store, group in aws_security_group.task : store => group.id }
}

output "log_group_names" {
  description = "Log groups of the services, by store."
  value       = { for store, group in aws_cloudwatch_log_group.service : store => group.name }
}
