output "dns_name" {
  description = "DNS name of the load balancer, the target for the certificate's host name."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Hosted zone of dns_name, for an alias record."
  value       = aws_lb.this.zone_id
}

output "arn_suffix" {
  description = "Value of the LoadBalancer dimension in metrics."
  value       = aws_lb.this.arn_suffix
}

output "security_group_id" {
  description = "The load balancer's security group."
  value       = aws_security_group.this.id
}

output "target_group_arns" {
  description = "Target groups by store. Depends on the listeners, because a service needs an attached target group."
  value       = { for store, group in aws_lb_target_group.store : store => group.arn }

  depends_on = [aws_lb_listener.https]
}

output "target_group_suffixes" {
  description = "Values of the TargetGroup dimension in metrics, by store."
  value       = { for store, group in aws_lb_target_group.store : store => group.arn_suffix }
}

output "active_target_group_arn" {
  description = "The target group behind port 443."
  value       = aws_lb_listener.https["active"].default_action[0].target_group_arn
}

output "arn" {
  description = "ARN of the load balancer, for a web ACL or a protection of Shield."
  value       = aws_lb.this.arn
}
