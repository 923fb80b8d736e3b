export { expectCode, expectThat, type ContractCase } from './case.js';
