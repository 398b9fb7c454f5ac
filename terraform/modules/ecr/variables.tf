variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "force_delete" {
  description = "Whether the repository may be destroyed with images in it."
  type        = bool
}

variable "keep_images" {
  description = "How many images are kept, enough to roll back to."
  type        = number
  default     = 30

  validation {
    condition     = var.keep_images >= 5
    error_message = "Keep at least five images to roll back to."
  }
}

variable "kms_key_arn" {
  description = "Customer key for the images; null for Amazon's own."
  type        = string
  default     = null
}
