# Values of the mocked provider where a random word is not valid as an ARN or an identifier. All other computed values are
# random words, so that two resources of a type differ.

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/pushcart/50dc6c495c0c9188"
    arn_suffix = "app/pushcart/50dc6c495c0c9188"
    dns_name   = "pushcart-1.us-east-1.elb.amazonaws.com"
  }
}

mock_resource "aws_lb_listener" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/pushcart/50dc6c495c0c9188/f2f7dc8efc522ab2"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn = "arn:aws:s3:::pushcart-logs"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/pushcart"
  }
}

mock_resource "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:us-east-1:123456789012:repository/pushcart"
    repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/pushcart"
  }
}

mock_resource "aws_dynamodb_table" {
  defaults = {
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/carts"
  }
}

mock_resource "aws_iam_openid_connect_provider" {
  defaults = {
    arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::123456789012:role/pushcart"
  }
}

mock_resource "aws_db_instance" {
  defaults = {
    address = "pushcart-postgres.abcdefghijkl.us-east-1.rds.amazonaws.com"
    master_user_secret = [{
      kms_key_id    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      secret_arn    = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-11111111-AbCdEf"
      secret_status = "active"
    }]
  }
}

mock_resource "aws_rds_cluster" {
  defaults = {
    endpoint            = "pushcart-postgres.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com"
    reader_endpoint     = "pushcart-postgres.cluster-ro-abcdefghijkl.us-east-1.rds.amazonaws.com"
    cluster_resource_id = "cluster-ABCDEFGHIJKL0123456789"
    master_user_secret = [{
      kms_key_id    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      secret_arn    = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-11111111-AbCdEf"
      secret_status = "active"
    }]
  }
}

mock_resource "aws_db_proxy" {
  defaults = {
    arn      = "arn:aws:rds:us-east-1:123456789012:db-proxy:prx-0123456789abcdef0"
    endpoint = "pushcart-postgres.proxy-abcdefghijkl.us-east-1.rds.amazonaws.com"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}

mock_data "aws_availability_zones" {
  defaults = {
    names = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]
  }
}

mock_resource "aws_db_proxy_default_target_group" {
  defaults = {
    name = "default"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/pushcart/73e2d6bc24d8a069"
  }
}
