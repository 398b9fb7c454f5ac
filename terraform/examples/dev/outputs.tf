output "pushcart" {
  description = "All outputs of the root module: URLs, repository, names."
  value       = module.pushcart
}
