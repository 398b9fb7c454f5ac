# Three zones with a NAT gateway each, protected data, alarms by mail, images from a workflow without keys.

module "pushcart" {
  source = "../.."

  name            = var.name
  environment     = var.environment
  production      = true
  region          = var.region
  account_id      = var.account_id
  zones           = var.zones
  zone_count      = 3
  certificate_arn = var.certificate_arn
  image_digest    = var.image_digest

  stores        = var.stores
  database      = var.database
  move          = var.move
  compare       = var.compare
  compare_cidrs = var.compare_cidrs

  nat_gateways       = 3
  log_retention_days = 90

  task      = { cpu = 1024, memory = 2048, min = 3, max = 10 }
  pool_size = 10
  postgres = {
    instance_class        = "db.m7g.large"
    storage_gb            = 100
    max_storage_gb        = 500
    max_connections       = 400
    backup_retention_days = 14
    performance_insights  = true
  }
  dynamodb = merge({ max_read_units = 8000, max_write_units = 8000 }, var.dynamodb)
  homes    = var.homes
  settings = var.settings

  web_acl_arn   = var.web_acl_arn == "" ? null : var.web_acl_arn
  alarm_actions = [aws_sns_topic.alarms.arn]
  github = {
    repository   = var.github_repository
    environment  = var.github_environment
    state_bucket = var.state_bucket
    state_key    = "${var.name}/${var.environment}.tfstate"

    create_oidc_provider = var.create_oidc_provider
  }
}

# Not encrypted: alarms contain no customer data, and CloudWatch cannot publish to a topic with the AWS managed key.
# trivy:ignore:AVD-AWS-0095 trivy:ignore:AVD-AWS-0136
resource "aws_sns_topic" "alarms" {
  # checkov:skip=CKV_AWS_26:alarms contain no customer data, and CloudWatch cannot publish to a topic with the AWS managed key
  name = "${var.name}-${var.environment}-alarms"
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_mail
}
