output "instance_id" {
  description = "Identifier of the instance, as in metrics."
  value       = aws_db_instance.this.identifier
}

output "address" {
  description = "Host name of the database."
  value       = aws_db_instance.this.address
}

output "database_url" {
  description = "DATABASE_URL without a password, which comes from the secret as PGPASSWORD."
  value       = "postgres://${var.username}@${aws_db_instance.this.address}:5432/${var.database_name}"
}

output "secret_arn" {
  description = "ARN of the secret with user name and password, managed by RDS."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "max_connections" {
  description = "max_connections of the database."
  value       = var.max_connections
}
