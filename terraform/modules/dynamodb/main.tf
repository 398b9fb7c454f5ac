# The same table as the service makes for itself (src/store/dynamodb/table.ts); a test compares the two.
resource "aws_dynamodb_table" "carts" {
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

  # A cap on what a mistake or an attack can cost: beyond it requests are throttled.
  on_demand_throughput {
    max_read_request_units  = var.max_read_units
    max_write_request_units = var.max_write_units
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }

  # Always encrypted; "enabled" means by a key of KMS instead of one that Amazon owns.
  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}
