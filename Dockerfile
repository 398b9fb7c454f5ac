# The service: `docker build --build-arg REVISION=$(git rev-parse HEAD) --tag pushcart .`
# Settings are environment variables (see the README). `npm run check:container` checks this file and runs its steps.

# Alpine, because Debian's variant leaves no room below 250 MB; the Node that the tests run on.
FROM node:26.10.0-alpine3.24 AS base
WORKDIR /app

FROM base AS modules
COPY package.json package-lock.json ./
# No package of the service needs its install script, and the checkout's own is for development. Source maps and types
# are two fifths of the bytes, and nothing reads them here.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM base AS certificates
COPY docker/certificates ./
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && node bundle.js > rds-global-bundle.pem

FROM base
ARG REVISION=unknown
LABEL org.opencontainers.image.title="pushcart" \
  org.opencontainers.image.description="A shopping-cart service that runs unchanged on PostgreSQL or DynamoDB" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.revision="$REVISION"
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=8080
COPY --from=certificates /app/rds-global-bundle.pem /etc/pushcart/rds-global-bundle.pem
COPY --from=modules /app/node_modules ./node_modules
COPY package.json cli.ts LICENSE ./
# The part of the lab that cli.ts imports before a command runs.
COPY lab/errors ./lab/errors
COPY lab/commands/cli ./lab/commands/cli
COPY lab/commands/run-command.ts lab/commands/
COPY src ./src

# The image's `node`, by number, so that an orchestrator sees that it is not root. All files are root's.
USER 1000:1000
EXPOSE 8080
STOPSIGNAL SIGTERM
# Not /health/ready: a failing database must not restart every container.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "cli.ts"]
# One process: containers are what is multiplied. On a host of several cores: serve --workers auto.
CMD ["serve"]
