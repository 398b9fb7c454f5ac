output "role_arn" {
  description = "ARN of the role, for the variable AWS_DEPLOY_ROLE of the GitHub environment."
  value       = aws_iam_role.deploy.arn
}
