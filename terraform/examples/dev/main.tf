# The smallest deployment of both stores side by side: one task each, one NAT gateway. Destroying it deletes its data.

module "pushcart" {
  source = "../.."

  environment     = "dev"
  production      = false
  region          = var.region
  account_id      = var.account_id
  zones           = var.zones
  certificate_arn = var.certificate_arn
  image_digest    = var.image_digest

  stores        = var.stores
  database      = var.database
  move          = var.move
  compare       = var.compare
  compare_cidrs = var.client_cidrs
  ingress_cidrs = var.client_cidrs

  nat_gateways       = 1
  log_retention_days = 7

  task     = { cpu = 512, memory = 1024, min = 1, max = 2 }
  postgres = { instance_class = "db.t4g.micro", max_connections = 80 }
  dynamodb = { max_read_units = 500, max_write_units = 500 }
  # Only client_cidrs reach the load balancer.
  settings = { AUTH = "none" }
}
