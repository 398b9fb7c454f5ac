variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "force_delete" {
  description = "Whether the repository may be destroyed while it has images."
  type        = bool
}

variable "kms_key_arn" {
  description = "Customer key for the images; null for AES-256 with keys of Amazon."
  type        = string
  default     = null
}
