# The service: `docker build --build-arg REVISION=$(git rev-parse HEAD) --tag pushcart .`
# Settings are environment variables (see the README). `npm run check:container` builds and runs this file. The service
# listens on all interfaces, so a container starts only with AUTH_JWKS_URL or AUTH_JWKS_FILE, or with AUTH=none.

# Alpine, because with Debian's variant the image exceeds 250 MB. The same Node as in the tests. scripts/pin-base.sh gives the
# digest of the tag; the workflows build on it.
ARG BASE=node:26.10.0-alpine3.24
FROM $BASE AS base
WORKDIR /app

FROM base AS modules
COPY package.json package-lock.json ./
COPY packages/service/package.json packages/service/
# Optional are the embedded databases. No dependency of the service needs an install script, and the checkout's own script
# is for development. Source maps and type declarations are 40 % of the bytes and unused at run time.
RUN npm ci --workspace @pushcart/service --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM base AS certificates
COPY docker/certificates ./
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && node bundle.js > rds-global-bundle.pem

FROM base
ARG BASE
ARG REVISION=unknown
ARG VERSION=unknown
# Anything keeps the shell, which only DATABASE_PASSWORD_COMMAND needs.
ARG KEEP_SHELL
LABEL org.opencontainers.image.title="pushcart" \
  org.opencontainers.image.description="A shopping-cart service that runs unchanged on PostgreSQL or DynamoDB" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.base.name="$BASE" \
  org.opencontainers.image.revision="$REVISION"
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=8080
# Package managers and shells of the base: nothing here needs them, and they help an attacker. What is left of BusyBox are links to
# nothing. The data of apk stay, so that scanners see what the base consists of. No RUN can follow.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-v* /sbin/apk /usr/sbin/apk \
  && if [ -z "$KEEP_SHELL" ]; then exec rm -f /bin/sh /bin/ash /bin/bash /bin/dash /bin/rbash /bin/busybox; fi
# Everything that the image holds beyond its base. .dockerignore allows the same paths.
COPY --from=certificates /app/rds-global-bundle.pem /etc/pushcart/rds-global-bundle.pem
COPY --from=modules /app/node_modules ./node_modules
COPY LICENSE ./
COPY packages/service/package.json packages/service/
COPY packages/service/src packages/service/src

# The user `node` of the base image, by number, so that an orchestrator can verify that it is not root.
USER 1000:1000
EXPOSE 8080
STOPSIGNAL SIGTERM
# Liveness, not readiness: a failing database must not restart every container. The interval is short because
# `--start-interval` is unknown to the buildah and podman of Debian 12.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# One process, because orchestrators scale by containers. On a host with several cores: --workers auto.
ENTRYPOINT ["node", "packages/service/src/cli.ts"]
