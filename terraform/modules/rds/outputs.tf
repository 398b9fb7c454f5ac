output "instance_id" {
  description = "The instance's name, as in metrics."
  value       = aws_db_instance.this.identifier
}

output "address" {
  description = "Host name of the database."
  value       = aws_db_instance.this.address
}

output "database_url" {
  description = "Where the service connects, without a password: that comes from the secret, as PGPASSWORD."
  value       = "postgres://${var.username}@${aws_db_instance.this.address}:5432/${var.database_name}"
}

output "secret_arn" {
  description = "The secret with username and password, kept by RDS."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "max_connections" {
  description = "Most connections of the database."
  value       = var.max_connections
}
