# Three zones with a NAT gateway each, protected data, alarms by mail, images from a workflow without keys.

module "pushcart" {
  source = "../.."

  environment     = "prod"
  production      = true
  region          = var.region
  account_id      = var.account_id
  zones           = ["${var.region}a", "${var.region}b", "${var.region}c"]
  certificate_arn = var.certificate_arn
  image_tag       = var.image_tag

  database      = var.database
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
  dynamodb = { max_read_units = 8000, max_write_units = 8000 }
  settings = var.settings

  alarm_actions = [aws_sns_topic.alarms.arn]
  github = {
    repository   = var.github_repository
    environment  = "prod"
    state_bucket = var.state_bucket
    state_key    = "pushcart/prod.tfstate"
  }
}

# Not encrypted: alarms contain no customer data, and CloudWatch cannot publish to a topic with the AWS managed key.
# trivy:ignore:AVD-AWS-0095 trivy:ignore:AVD-AWS-0136
resource "aws_sns_topic" "alarms" {
  name = "pushcart-prod-alarms"
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_mail
}
