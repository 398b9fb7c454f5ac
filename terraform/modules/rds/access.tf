resource "aws_security_group" "this" {
  name        = "${var.name}-postgres"
  description = "PostgreSQL: the tasks on it, nobody else"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-postgres" }
}

locals {
  # With a proxy, only the proxy reaches the database, and the tasks reach the proxy.
  client_ids = var.proxy ? { proxy = aws_security_group.proxy[0].id } : merge(
    { tasks = var.client_security_group_id },
    var.moved_to ? { "tasks that move carts here" = var.mover_security_group_id } : {},
  )
}

resource "aws_vpc_security_group_ingress_rule" "from_tasks" {
  for_each = local.client_ids

  security_group_id            = aws_security_group.this.id
  description                  = "From the ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_database" {
  for_each = local.client_ids

  security_group_id            = each.value
  description                  = "To PostgreSQL"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

moved {
  from = aws_vpc_security_group_ingress_rule.from_tasks
  to   = aws_vpc_security_group_ingress_rule.from_tasks["tasks"]
}

moved {
  from = aws_vpc_security_group_egress_rule.tasks_to_database
  to   = aws_vpc_security_group_egress_rule.tasks_to_database["tasks"]
}
