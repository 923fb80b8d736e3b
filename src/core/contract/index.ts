export { expectCode, expectThat, type ContractCase } from './case.js';
export { analyzerContract, type AnalyzerSubject } from './analyzer.js';
export { auditContract, sampleEvent, type AuditSubject } from './audit.js';
export { engineContract, type EngineSample, type EngineSubject } from './engine.js';
export { identityContract, type IdentitySubject } from './identity.js';
export { policyContract, type PolicySubject } from './policy.js';
