# The table that the service creates with --migrate (src/store/dynamodb/table.ts); a test compares the two.
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
}
