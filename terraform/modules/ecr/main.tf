resource "aws_ecr_repository" "this" {
  # checkov:skip=CKV_AWS_136:images hold no secrets and no customer data; kms_key_arn selects a customer key
  name                 = var.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_delete

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = var.kms_key_arn == null ? "AES256" : "KMS"
    kms_key         = var.kms_key_arn
  }
}

# A lifecycle policy does not know which image runs, and a rule that keeps the newest images deletes the running one after
# enough builds: then no task can start. So images with a tag stay. An image of 75 MB compressed costs less than one cent per
# month. Delete old ones by hand, by a list that excludes the digests of `aws ecs describe-task-definition`.
resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Expire layers of builds that were never tagged"
      selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
      action       = { type = "expire" }
    }]
  })
}
