locals {
  # Listener 443 forwards to the active store, each fixed port to one store.
  listeners = merge(
    { active = { port = 443, store = var.active_store } },
    { for store, port in var.fixed_ports : store => { port = port, store = store } },
  )

  ingress = merge(
    { for cidr in var.ingress_cidrs : "80 ${cidr}" => { port = 80, cidr = cidr } },
    { for cidr in var.ingress_cidrs : "443 ${cidr}" => { port = 443, cidr = cidr } },
    { for pair in setproduct(values(var.fixed_ports), var.fixed_cidrs) : "${pair[0]} ${pair[1]}" => { port = pair[0], cidr = pair[1] } },
  )
}

resource "aws_security_group" "this" {
  name        = "${var.name}-alb"
  description = "Load balancer: HTTPS in, the tasks out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-alb" }
}

# trivy:ignore:AVD-AWS-0107
resource "aws_vpc_security_group_ingress_rule" "this" {
  # checkov:skip=CKV_AWS_260:port 80 only redirects to 443; a public shop is open to everybody, and then tokens are required
  for_each = local.ingress

  security_group_id = aws_security_group.this.id
  description       = "Port ${each.value.port}"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_s3_bucket" "logs" {
  # checkov:skip=CKV_AWS_18:this bucket holds the access logs; logs of the reads of logs have no reader
  # checkov:skip=CKV_AWS_21:log files are written once under new names, so versions would only keep what the lifecycle deletes
  # checkov:skip=CKV_AWS_144:access logs are for diagnosis; no decision needs them after the loss of a region
  # checkov:skip=CKV_AWS_145:a load balancer can write access logs only to a bucket that is encrypted with keys of S3
  # checkov:skip=CKV2_AWS_62:nothing acts on the arrival of a log file
  # Bucket names are global: account and region make it unique.
  bucket        = "${var.name}-alb-logs-${var.account_id}-${var.region}"
  force_destroy = !var.production
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket = aws_s3_bucket.logs.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# A load balancer can write access logs only to a bucket that is encrypted with keys of S3.
# trivy:ignore:AVD-AWS-0132
resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.log_retention_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "LoadBalancerWritesLogs"
        Effect    = "Allow"
        Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.logs.arn}/AWSLogs/${var.account_id}/*"
        Condition = { ArnLike = { "aws:SourceArn" = "arn:${var.partition}:elasticloadbalancing:${var.region}:${var.account_id}:loadbalancer/*" } }
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.logs]
}

# Public unless `internal` is set: ingress_cidrs and AUTH_JWKS_URL decide who may use the service.
# trivy:ignore:AVD-AWS-0053
resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_28:a firewall costs per request and its rules are the team's: give web_acl_arn, or use the output load_balancer.arn
  # checkov:skip=CKV_AWS_150:deletion protection is on in production, off where data are disposable
  name               = var.name
  load_balancer_type = "application"
  internal           = var.internal
  subnets            = var.subnet_ids
  security_groups    = [aws_security_group.this.id]

  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
  enable_http2               = true
  idle_timeout               = 60
  enable_deletion_protection = var.production

  access_logs {
    bucket  = aws_s3_bucket.logs.id
    enabled = true
  }

  # Enabling the logs fails unless the load balancer may write to the bucket.
  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_target_group" "store" {
  # checkov:skip=CKV_AWS_378:TLS ends at the load balancer; between its security group and the tasks', in the VPC, packets are authenticated by the network, and tokens protect each request
  for_each = var.stores

  name                 = "${var.name}-${each.key}"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = var.container_port
  deregistration_delay = var.deregistration_delay_seconds

  # Sends less to a target that responds with more errors than the others, without replacing it. Least outstanding requests
  # would send more to such a target, because errors are fast.
  load_balancing_algorithm_type     = "weighted_random"
  load_balancing_anomaly_mitigation = "on"

  # ECS replaces a task that fails this check, so it must not depend on the database: an outage of the database would then
  # replace all tasks again and again, and the new ones could not start. The service listens only after its store is open.
  health_check {
    path                = "/health/live"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  lifecycle {
    # The listener must forward to another group before the group of a removed store is deleted.
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  for_each = local.listeners

  load_balancer_arn = aws_lb.this.arn
  port              = each.value.port
  protocol          = "HTTPS"
  ssl_policy        = var.tls_policy
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.store[each.value.store].arn
  }
}

# Metrics are for internal use, not for the internet. The service also closes the path on this port, in every encoding, because
# a path pattern of the load balancer matches the bytes of the path.
resource "aws_lb_listener_rule" "metrics" {
  for_each = local.listeners

  listener_arn = aws_lb_listener.https[each.key].arn
  priority     = 1

  condition {
    path_pattern {
      values = ["/metrics", "/metrics/*"]
    }
  }

  action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.web_acl_arn == null ? 0 : 1

  resource_arn = aws_lb.this.arn
  web_acl_arn  = var.web_acl_arn
}
