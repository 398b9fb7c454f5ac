const COMMON = `account_id = "123456789012"
certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
image_digest = "sha256:3f2c1a9d5b7e4c6f8a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f607"
zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
`

/** The configurations that can be planned, the root and the examples, each with its required inputs. */
export const CONFIGURATIONS = {
  '.': `${COMMON}environment = "dev"
production = false
region = "us-east-1"
stores = ["postgres", "dynamodb"]
database = "postgres"
compare = true
compare_cidrs = ["203.0.113.7/32"]
settings = { AUTH_JWKS_URL = "https://idp.example.com/keys" }
`,
  'examples/dev': `${COMMON}client_cidrs = ["203.0.113.7/32"]
`,
  'examples/prod': `${COMMON}alarm_mail = "alarms@example.com"
github_repository = "example/pushcart"
state_bucket = "example-state"
settings = { AUTH_JWKS_URL = "https://idp.example.com/keys" }
`,
} as const
