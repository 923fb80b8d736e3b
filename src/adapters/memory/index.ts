export { memoryAnalyzer } from './analyzer.js';
export { memoryApprover, type MemoryApprover } from './approver.js';
export { memoryAudit, type MemoryAudit } from './audit.js';
export { memoryEngine, type MemoryStatementHandler, type MemoryResult, type MemoryEngine } from './engine.js';
export { memoryIdentity, type KnownToken } from './identity.js';
export { memoryPolicy, type MemoryRule } from './policy.js';
