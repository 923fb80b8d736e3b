export { expectCode, expectThat, type ContractCase } from './case.js';
export { analyzerContract, type AnalyzerSubject } from './analyzer.js';
export { auditContract, sampleEvent, type AuditSubject } from './audit.js';
export { engineContract } from './engine.js';
export type { EngineNames, EngineSample, EngineSubject } from './engine-subject.js';
export { identityContract, type IdentitySubject } from './identity.js';
export { policyContract, type PolicySubject } from './policy.js';
