/** Prefixes of IAM, where they are not the service's name in the provider's log in lower case. */
const PREFIXES: Readonly<Record<string, string>> = {
  'Application Auto Scaling': 'application-autoscaling',
  'CloudWatch Logs': 'logs',
  'Elastic Load Balancing v2': 'elasticloadbalancing',
  'Secrets Manager': 'secretsmanager',
}

/** Calls of S3 whose action has another name, by the Service Authorization Reference. */
const S3: Readonly<Record<string, string>> = {
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketCors: 'GetBucketCORS',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
}

/** The IAM actions that the calls in a debug log of the AWS provider need. */
export function actionsIn(log: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const line of log.split('\n')) {
    const [, quoted, plain] = / rpc\.service=(?:"([^"]+)"|(\S+))/.exec(line) ?? []
    const [, method] = / rpc\.method=(\w+)/.exec(line) ?? []
    const service = quoted ?? plain
    if (service === undefined || method === undefined) continue
    const prefix = PREFIXES[service] ?? service.toLowerCase()
    found.add(`${prefix}:${prefix === 's3' ? (S3[method] ?? method) : method}`)
  }
  return found
}
