output "table_name" {
  description = "The table."
  value       = var.replica_of == null ? aws_dynamodb_table.carts[0].name : var.name
}

output "table_arn" {
  description = "ARN of the table, for policies."
  value       = local.table_arn
}

output "task_policy" {
  description = "IAM policy (JSON) for the requests of the service: no scans, no deletes, no changes of the table."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "Carts"
          Effect   = "Allow"
          Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"]
          Resource = local.table_arn
        },
        {
          Sid      = "ListsOfCustomers"
          Effect   = "Allow"
          Action   = ["dynamodb:Query"]
          Resource = "${local.table_arn}/index/*"
        },
      ],
      [for arns in [[for region in keys(var.home_regions) : "arn:${var.partition}:dynamodb:${region}:${var.account_id}:table/${var.name}"]] : {
        Sid      = "CartsAtHomeElsewhere"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchGetItem"]
        Resource = arns
      } if length(arns) > 0],
      [for region, arn in local.key_arns : {
        Sid    = "CustomerKey${replace(title(region), "-", "")}"
        Effect = "Allow"
        Action = [
          "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ]
        Resource  = arn
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.${region}.amazonaws.com" } }
      }],
    )
  })
}
