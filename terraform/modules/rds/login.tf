# Who logs in where, and how the server is verified.

locals {
  # A proxy logs in with the secret, so its clients are the master user.
  user = var.auth == "iam" && !var.proxy ? var.application_role : var.username
  # The certificate of a proxy comes from Amazon's public authority, which Node.js knows; that of a database from RDS's own.
  tls        = "sslmode=verify-full${var.proxy ? "" : "&sslrootcert=${var.ca_file}"}"
  tls_owner  = "sslmode=verify-full&sslrootcert=${var.ca_file}"
  host       = var.proxy ? aws_db_proxy.this[0].endpoint : local.address
  read_hosts = join(",", [for address in local.read_addresses : "${address}:5432"])
  connect_to = var.proxy ? element(split(":", aws_db_proxy.this[0].arn), 6) : local.resource_id
}
