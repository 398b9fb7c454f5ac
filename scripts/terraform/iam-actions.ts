/**
 * The actions that this project has a use for, as the Service Authorization Reference spells them. A policy may name no
 * other: a misspelt action is accepted by AWS and grants nothing.
 */
const BY_SERVICE: Readonly<Record<string, string>> = {
  'application-autoscaling': 'DescribeScalableTargets DescribeScalingPolicies ListTagsForResource',
  cloudwatch: 'DescribeAlarms GetDashboard ListTagsForResource',
  dynamodb:
    'BatchGetItem DescribeContinuousBackups DescribeTable DescribeTimeToLive GetItem ListTagsOfResource PutItem Query UpdateItem',
  ec2: 'DescribeAddresses DescribeAddressesAttribute DescribeFlowLogs DescribeInternetGateways DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs',
  ecr: 'BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload DescribeRepositories GetAuthorizationToken GetDownloadUrlForLayer GetLifecyclePolicy InitiateLayerUpload ListTagsForResource PutImage UploadLayerPart',
  ecs: 'DescribeClusters DescribeServices DescribeTaskDefinition ListTagsForResource UpdateService',
  elasticloadbalancing:
    'DescribeCapacityReservation DescribeListenerAttributes DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeRules DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups',
  iam: 'GetOpenIDConnectProvider GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies',
  kms: 'Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo',
  logs: 'CreateLogStream DescribeLogGroups DescribeLogStreams ListTagsForResource PutLogEvents',
  rds: 'DescribeDBInstances DescribeDBParameterGroups DescribeDBParameters DescribeDBSubnetGroups ListTagsForResource',
  s3: 'GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetObject GetReplicationConfiguration ListBucket PutObject',
  scheduler: 'GetSchedule',
  secretsmanager: 'DescribeSecret GetSecretValue',
  sns: 'GetSubscriptionAttributes GetTopicAttributes ListTagsForResource',
  sts: 'AssumeRole AssumeRoleWithWebIdentity GetCallerIdentity',
}

/** `service:Action` of every action that may be named. */
export const KNOWN_ACTIONS: ReadonlySet<string> = new Set(
  Object.entries(BY_SERVICE).flatMap(([service, actions]) =>
    actions.split(' ').map((action) => `${service}:${action}`),
  ),
)

/** Actions that know no resource, or only read descriptions: `Resource: "*"` is right for these. */
export function needsNoResource(action: string): boolean {
  return (
    action === 'ecr:GetAuthorizationToken' ||
    action === 'sts:GetCallerIdentity' ||
    /^[a-z0-9-]+:(Describe|List)/.test(action) ||
    /^(cloudwatch:GetDashboard|ecr:GetLifecyclePolicy|iam:Get|scheduler:GetSchedule$|sns:Get)/.test(
      action,
    )
  )
}
