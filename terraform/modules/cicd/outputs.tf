output "role_arn" {
  description = "The role of the workflow: the variable AWS_DEPLOY_ROLE of the GitHub environment."
  value       = aws_iam_role.deploy.arn
}
