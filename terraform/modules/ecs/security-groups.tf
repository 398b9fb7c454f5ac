resource "aws_security_group" "task" {
  for_each = var.stores

  name        = "${var.name}-${each.key}-task"
  description = "Tasks on ${each.key}: the load balancer in, HTTPS and the database out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-${each.key}-task" }
}

resource "aws_vpc_security_group_ingress_rule" "from_load_balancer" {
  for_each = var.stores

  security_group_id            = aws_security_group.task[each.key].id
  description                  = "From the load balancer"
  referenced_security_group_id = var.load_balancer_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.container_port
  to_port                      = var.container_port
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_task" {
  for_each = var.stores

  security_group_id            = var.load_balancer_security_group_id
  description                  = "To the tasks on ${each.key}"
  referenced_security_group_id = aws_security_group.task[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = var.container_port
  to_port                      = var.container_port
}

# Registry, logs, secrets and DynamoDB, by endpoint or NAT. Their addresses are not fixed.
# trivy:ignore:AVD-AWS-0104
resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = var.stores

  security_group_id = aws_security_group.task[each.key].id
  description       = "HTTPS to AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
