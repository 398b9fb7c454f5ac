# How the module alb routes, checks health and logs.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "balancer" {
  module {
    source = "./modules/alb"
  }

  variables {
    name                         = "pushcart-test"
    region                       = "us-east-1"
    account_id                   = "123456789012"
    partition                    = "aws"
    production                   = true
    vpc_id                       = "vpc-1"
    subnet_ids                   = ["subnet-1", "subnet-2"]
    internal                     = false
    stores                       = ["postgres", "dynamodb"]
    active_store                 = "postgres"
    fixed_ports                  = { postgres = 8443, dynamodb = 9443 }
    ingress_cidrs                = ["198.51.100.0/24"]
    fixed_cidrs                  = ["203.0.113.7/32"]
    certificate_arn              = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    container_port               = 8080
    deregistration_delay_seconds = 30
    log_retention_days           = 7
    web_acl_arn                  = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/shop/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.store : group.health_check[0].path == "/health/live" && group.health_check[0].matcher == "200"])
    error_message = "The load balancer checks liveness: ECS replaces what fails, and an outage of the database must not replace tasks."
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.store : group.health_check[0].timeout < group.health_check[0].interval])
    error_message = "A health check ends before the next one starts: otherwise AWS refuses it."
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.store : group.health_check[0].interval * group.health_check[0].unhealthy_threshold <= 60])
    error_message = "A dead task gets no more requests after a minute at most."
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.store : group.load_balancing_algorithm_type == "weighted_random" && group.load_balancing_anomaly_mitigation == "on"])
    error_message = "A task with more errors than the others gets fewer requests."
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.store : group.target_type == "ip" && group.protocol == "HTTP" && tonumber(group.deregistration_delay) == 30])
    error_message = "Tasks are targets by address, and finish their requests."
  }

  assert {
    condition     = alltrue([for listener in aws_lb_listener.https : listener.protocol == "HTTPS" && listener.certificate_arn == "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555" && startswith(listener.ssl_policy, "ELBSecurityPolicy-TLS13-")])
    error_message = "Every listener but 80 speaks TLS 1.2 or newer with the certificate."
  }

  assert {
    condition     = aws_lb_listener.redirect.default_action[0].type == "redirect" && aws_lb_listener.redirect.default_action[0].redirect[0].protocol == "HTTPS" && aws_lb_listener.redirect.default_action[0].redirect[0].port == "443"
    error_message = "Port 80 redirects to 443 and serves nothing."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.this : "${rule.from_port}-${rule.to_port} ${rule.cidr_ipv4}"]) == toset(["80-80 198.51.100.0/24", "443-443 198.51.100.0/24", "8443-8443 203.0.113.7/32", "9443-9443 203.0.113.7/32"])
    error_message = "Each port is open to its ranges only."
  }

  assert {
    condition     = alltrue([for rule in aws_lb_listener_rule.metrics : one(rule.action).type == "fixed-response" && one(rule.action).fixed_response[0].status_code == "404" && rule.priority == 1]) && length(aws_lb_listener_rule.metrics) == 3
    error_message = "Metrics are closed on every HTTPS listener."
  }

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.desync_mitigation_mode == "strictest" && aws_lb.this.enable_deletion_protection && aws_lb.this.load_balancer_type == "application"
    error_message = "The load balancer drops ambiguous requests and, in production, cannot be deleted."
  }

  assert {
    condition     = aws_lb.this.access_logs[0].enabled && aws_lb.this.access_logs[0].bucket == aws_s3_bucket.logs.id
    error_message = "Access logs go to the bucket."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.logs.block_public_acls && aws_s3_bucket_public_access_block.logs.block_public_policy && aws_s3_bucket_public_access_block.logs.ignore_public_acls && aws_s3_bucket_public_access_block.logs.restrict_public_buckets
    error_message = "The bucket of the logs is not public."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.logs.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "A load balancer can write logs only to a bucket with keys of S3."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.logs.rule[0].status == "Enabled" && aws_s3_bucket_lifecycle_configuration.logs.rule[0].expiration[0].days == 7
    error_message = "Access logs expire."
  }

  assert {
    condition     = endswith(aws_s3_bucket.logs.bucket, "-123456789012-us-east-1") && !aws_s3_bucket.logs.force_destroy
    error_message = "The bucket's name is unique to account and region, and production keeps its logs."
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this[0].resource_arn == aws_lb.this.arn && startswith(aws_wafv2_web_acl_association.this[0].web_acl_arn, "arn:aws:wafv2:")
    error_message = "The web ACL is in front of the load balancer."
  }
}
