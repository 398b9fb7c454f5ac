output "repository_url" {
  description = "Where images are pushed and pulled, without a tag."
  value       = aws_ecr_repository.this.repository_url
}

output "repository_arn" {
  description = "The repository, for policies."
  value       = aws_ecr_repository.this.arn
}
