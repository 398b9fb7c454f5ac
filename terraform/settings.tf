# The settings of the service, checked when planned. `npm run docs` writes settings.json from the service's own schema.

locals {
  schema = jsondecode(file("${path.module}/settings.json"))

  # Those that come from other inputs.
  input_settings = [
    "HOST", "PORT", "CART_STORE_TYPE", "TRUSTED_PROXIES", "DRAIN_TIMEOUT_MS", "AWS_REGION",
    "DATABASE_URL", "DATABASE_READ_URL", "DATABASE_POOL_SIZE", "DATABASE_AUTH", "DATABASE_SECRET_ARN", "DATABASE_SESSION_SETTINGS",
    "DATABASE_PASSWORD_FILE", "DATABASE_PASSWORD_COMMAND", "DYNAMODB_TABLE_NAME",
    "MOVE_TO_CART_STORE_TYPE", "MOVE_TO_DATABASE_URL", "MOVE_TO_DATABASE_AUTH", "MOVE_TO_DATABASE_SECRET_ARN",
    "HOME_REGION", "HOME_REGIONS", "HOME_VERSION", "HOME_REQUESTS", "HOME_ENDPOINTS",
    "MOVE_TO_DATABASE_PASSWORD_FILE", "MOVE_TO_DATABASE_PASSWORD_COMMAND", "MOVE_TO_DYNAMODB_TABLE_NAME",
  ]

  # Variables of libraries in the service.
  library_settings = "^(OTEL_[A-Z_]+|AWS_MAX_ATTEMPTS|AWS_RETRY_MODE)$"
  # Ranges of private addresses, and ranges of at most 65,536 public ones: a company's, not the internet.
  limited_cidr = "^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.|.*/(1[6-9]|2[0-9]|3[0-2])$)"
}
