variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "force_delete" {
  description = "Whether the repository may be destroyed while it has images."
  type        = bool
}

variable "keep_images" {
  description = "Number of images to keep for rollbacks."
  type        = number
  default     = 30

  validation {
    condition     = var.keep_images >= 5
    error_message = "keep_images must be at least 5, to roll back to."
  }
}

variable "kms_key_arn" {
  description = "Customer key for the images; null for AES-256 with keys of Amazon."
  type        = string
  default     = null
}
