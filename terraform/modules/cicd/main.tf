# The GitHub workflow assumes this role by OpenID Connect, so there is no access key. The role may push images and plan,
# but not apply. It trusts an environment, and GitHub decides which branches may use that: docs/aws.md says how to limit the
# environment to the protected branch.

locals {
  issuer       = "token.actions.githubusercontent.com"
  provider_arn = var.create_oidc_provider ? aws_iam_openid_connect_provider.github[0].arn : "arn:${var.partition}:iam::${var.account_id}:oidc-provider/${local.issuer}"
}

# An account has one: set create_oidc_provider to false if it exists.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_oidc_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "deploy" {
  name                 = "${var.name}-deploy-${var.region}"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "repo:${var.github_repository}:environment:${var.github_environment}"
        }
      }
    }]
  })
}

# The login to the registry has no resource.
# trivy:ignore:AVD-AWS-0057
resource "aws_iam_role_policy" "push" {
  name = "push-images"
  role = aws_iam_role.deploy.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LogInToRegistry"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = "*" # the action has no resource
      },
      {
        Sid    = "PushImage"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
        ]
        Resource = var.repository_arn
      },
    ]
  })
}

# What `terraform plan -lock=false` reads: the state and the settings of resources, but no carts and no secret values. Each action
# that knows a resource is limited to this deployment's; those that know none are in one statement.
locals {
  mine = "${var.region}:${var.account_id}"

  reads = {
    Roles = {
      actions   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]
      resources = ["iam::${var.account_id}:role/${var.name}-*"]
    }
    IdentityProvider = {
      actions   = ["iam:GetOpenIDConnectProvider"]
      resources = ["iam::${var.account_id}:oidc-provider/${local.issuer}"]
    }
    Scaling = {
      actions   = ["application-autoscaling:ListTagsForResource"]
      resources = ["application-autoscaling:${local.mine}:scalable-target/*"] # random names
    }
    Alarms = {
      actions   = ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"]
      resources = ["cloudwatch:${local.mine}:alarm:*"] # described all at once
    }
    Dashboard = {
      actions   = ["cloudwatch:GetDashboard"]
      resources = ["cloudwatch::${var.account_id}:dashboard/${var.name}"]
    }
    Table = {
      actions   = ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"]
      resources = ["dynamodb:*:${var.account_id}:table/${var.name}-carts"] # with replicas in other regions
    }
    Network = {
      actions   = ["ec2:DescribeVpcAttribute"]
      resources = ["ec2:${local.mine}:vpc/*"] # random names
    }
    Repository = {
      actions   = ["ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"]
      resources = ["ecr:${local.mine}:repository/${var.name}"]
    }
    Services = {
      actions   = ["ecs:DescribeClusters", "ecs:DescribeServices", "ecs:ListTagsForResource"]
      resources = ["ecs:${local.mine}:cluster/${var.name}", "ecs:${local.mine}:service/${var.name}/*", "ecs:${local.mine}:task-definition/${var.name}-*"]
    }
    Events = {
      actions   = ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"]
      resources = ["events:${local.mine}:rule/${var.name}-*"]
    }
    Logs = {
      actions   = ["logs:DescribeMetricFilters", "logs:ListTagsForResource"]
      resources = ["logs:${local.mine}:log-group:*${var.name}*"]
    }
    Databases = {
      actions = [
        "rds:DescribeDBClusterParameterGroups", "rds:DescribeDBClusterParameters", "rds:DescribeDBClusters", "rds:DescribeDBInstances",
        "rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:DescribeDBSubnetGroups", "rds:DescribeGlobalClusters", "rds:ListTagsForResource",
      ]
      resources = [for kind in ["cluster", "cluster-pg", "db", "pg", "subgrp"] : "rds:${local.mine}:${kind}:${var.name}-*"]
    }
    Proxy = {
      actions   = ["rds:DescribeDBProxies", "rds:DescribeDBProxyEndpoints", "rds:DescribeDBProxyTargetGroups", "rds:DescribeDBProxyTargets"]
      resources = [for kind in ["db-proxy", "db-proxy-endpoint", "target-group"] : "rds:${local.mine}:${kind}:*"] # random names
    }
    Secret = {
      actions   = ["secretsmanager:DescribeSecret"]
      resources = ["secretsmanager:${local.mine}:secret:rds!*"] # random names
    }
    Topics = {
      actions   = ["sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource"]
      resources = ["sns:${local.mine}:${var.name}-*"]
    }
    Firewall = {
      actions   = ["wafv2:GetWebACLForResource"]
      resources = ["elasticloadbalancing:${local.mine}:loadbalancer/app/${var.name}/*", "wafv2:${local.mine}:regional/webacl/*/*"] # the team's
    }
    Keys = {
      actions   = ["kms:DescribeKey"]
      resources = ["kms:${local.mine}:key/*"] # those of inputs, and AWS managed ones
    }
  }
}

# trivy:ignore:AVD-AWS-0057
resource "aws_iam_role_policy" "plan" {
  # checkov:skip=CKV_AWS_355:the actions of the statement Describe know no resource (checked against the IAM reference by npm test)
  # checkov:skip=CKV_AWS_288:reads settings of resources, no data
  name = "plan"
  role = aws_iam_role.deploy.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "ReadState"
          Effect   = "Allow"
          Action   = ["s3:GetObject"]
          Resource = ["arn:${var.partition}:s3:::${var.state_bucket}/${var.state_key}"]
        },
        {
          Sid      = "FindState"
          Effect   = "Allow"
          Action   = ["s3:ListBucket"]
          Resource = ["arn:${var.partition}:s3:::${var.state_bucket}"]
        },
        {
          Sid    = "ReadLogBucketSettings"
          Effect = "Allow"
          Action = [
            "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment",
            "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket",
          ]
          Resource = ["arn:${var.partition}:s3:::${var.name}-alb-logs-${var.account_id}-${var.region}"]
        },
      ],
      [for name, read in local.reads : {
        Sid      = "Read${name}"
        Effect   = "Allow"
        Action   = read.actions
        Resource = [for resource in read.resources : "arn:${var.partition}:${resource}"]
      }],
      [{
        Sid    = "Describe"
        Effect = "Allow"
        Action = [
          "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
          "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute", "ec2:DescribeAvailabilityZones", "ec2:DescribeFlowLogs",
          "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces",
          "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
          "ecs:DescribeTaskDefinition",
          "elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
          "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
          "sts:GetCallerIdentity",
        ]
        Resource = ["*"] # none of these actions knows a resource
      }],
    )
  })
}
