output "pushcart" {
  description = "URLs, repository, names: all outputs of the root."
  value       = module.pushcart
}
