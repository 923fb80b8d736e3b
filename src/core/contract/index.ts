export { expectCode, expectThat, type ContractCase } from './case.js';
export { engineContract, type EngineSample, type EngineSubject } from './engine.js';
