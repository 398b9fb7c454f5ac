export { explainMissingPackage } from './common/missing-package.ts'
export { type RunOptions, runService } from './run/run-service.ts'
export { type ServeOptions, type Service, serve } from './run/serve.ts'
export { serveCommand } from './run/serve-command.ts'
