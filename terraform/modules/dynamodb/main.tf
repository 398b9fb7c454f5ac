# The table that the service creates with --migrate (src/store/dynamodb/table.ts); a test compares the two.
resource "aws_dynamodb_table" "carts" {
  # checkov:skip=CKV_AWS_119:encrypted with the AWS managed key of DynamoDB; kms_key_arn selects a customer key
  count = var.replica_of == null ? 1 : 0

  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "cart_id"
  deletion_protection_enabled = var.production

  attribute {
    name = "cart_id"
    type = "S"
  }

  attribute {
    name = "customer_id"
    type = "S"
  }

  attribute {
    name = "cart_key"
    type = "S"
  }

  attribute {
    name = "order_key"
    type = "S"
  }

  global_secondary_index {
    name            = "customer-carts"
    hash_key        = "customer_id"
    range_key       = "cart_key"
    projection_type = "KEYS_ONLY"

    on_demand_throughput {
      max_read_request_units  = var.max_read_units
      max_write_request_units = var.max_write_units
    }
  }

  global_secondary_index {
    name            = "customer-orders"
    hash_key        = "customer_id"
    range_key       = "order_key"
    projection_type = "KEYS_ONLY"

    on_demand_throughput {
      max_read_request_units  = var.max_read_units
      max_write_request_units = var.max_write_units
    }
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  # Limits the cost of a mistake or an attack: requests beyond the limit are throttled.
  on_demand_throughput {
    max_read_request_units  = var.max_read_units
    max_write_request_units = var.max_write_units
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }

  # DynamoDB always encrypts; "enabled" selects a key in KMS instead of a key that Amazon owns.
  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  # Replicas of a global table receive changes from the stream.
  stream_enabled   = length(var.replica_regions) > 0 ? true : null
  stream_view_type = length(var.replica_regions) > 0 ? "NEW_AND_OLD_IMAGES" : null

  dynamic "replica" {
    for_each = var.replica_regions

    content {
      region_name            = replica.key
      kms_key_arn            = replica.value.kms_key_arn
      point_in_time_recovery = true
      propagate_tags         = true
    }
  }

  lifecycle {
    precondition {
      condition     = alltrue([for replica in values(var.replica_regions) : (replica.kms_key_arn == null) == (var.kms_key_arn == null)])
      error_message = "Either the table and all replicas have a customer key (of their region), or none."
    }
  }
}

moved {
  from = aws_dynamodb_table.carts
  to   = aws_dynamodb_table.carts[0]
}

locals {
  # The replica belongs to the deployment of the region that has the table.
  table_arn = var.replica_of == null ? aws_dynamodb_table.carts[0].arn : "arn:${var.partition}:dynamodb:${var.region}:${var.account_id}:table/${var.name}"
  # Customer keys by region.
  key_arns = { for region, key in merge({ (var.region) = { kms_key_arn = var.kms_key_arn } }, var.home_regions) : region => key.kms_key_arn if key.kms_key_arn != null }
}
