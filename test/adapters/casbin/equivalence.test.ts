import { newEnforcer, newModelFromString } from 'casbin';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { model } from '../../../src/adapters/casbin/model.js';
import { objectCovers } from '../../../src/adapters/casbin/object-pattern.js';
import { actionCovers } from '../../../src/adapters/casbin/rule.js';
import { ask, policyOf } from './policy-queries.js';

const people = ['idp:a', 'idp:b', 'idp:c'];
const roles = ['role:x', 'role:y', 'role:z'];
const connections = ['one', 'two'];
const objects = ['A.B.C', 'A.B.D', 'A.E.C', 'A.B', 'A."b c".C'];
const rule = fc
  .record({
    subject: fc.constantFrom(...people, ...roles),
    connection: fc.constantFrom(...connections),
    object: fc.constantFrom(...objects, 'A.B.*', 'A.*.C', '*.*.*', 'A.B', 'A.*', 'A."b c".C'),
    action: fc.constantFrom('read', 'write', '*'),
    effect: fc.constantFrom('allow', 'allow', 'deny'),
  })
  .map((each) => (each.action === '*' ? { ...each, effect: 'deny' } : each));
// A role holds only later ones, so that there is no cycle.
const membership = fc
  .record({
    subject: fc.constantFrom(...people, 'role:x', 'role:y'),
    role: fc.nat(2),
    connection: fc.constantFrom(...connections),
  })
  .map((each) => ({
    ...each,
    role: roles[
      each.subject === 'role:y' ? 2 : each.subject === 'role:x' ? Math.max(1, each.role) : each.role
    ] as string,
  }));

const unique = <T>(items: readonly T[]): T[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

describe('the index', () => {
  it('decides as one plain enforcer with all the rules does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rule, { minLength: 1, maxLength: 12 }),
        fc.array(membership, { maxLength: 8 }),
        async (rules, memberships) => {
          // Every role has some rule everywhere, which the lint asks for and which permits nothing asked here.
          const filler = roles.flatMap((role) =>
            connections.map((connection) => ({
              subject: role,
              connection,
              object: 'Z.Z.Z',
              action: 'ddl',
              effect: 'allow',
            })),
          );
          const [all, held] = [unique([...rules, ...filler]), unique(memberships)];
          const text = [
            ...all.map(
              (each) => `p, ${each.subject}, ${each.connection}, ${each.object}, ${each.action}, ${each.effect}`,
            ),
            ...held.map((each) => `g, ${each.subject}, ${each.role}, ${each.connection}`),
          ].join('\n');
          const ours = await policyOf(text);
          const plain = await newEnforcer(newModelFromString(model));
          await plain.addFunction('sameText', (left: string, right: string) => left === right);
          await plain.addFunction('objectCovers', objectCovers);
          await plain.addFunction('actionCovers', actionCovers);
          await plain.addPolicies(
            all.map((each) => [each.subject, each.connection, each.object, each.action, each.effect]),
          );
          if (held.length > 0)
            await plain.addGroupingPolicies(held.map((each) => [each.subject, each.role, each.connection]));
          for (const subject of people)
            for (const connection of connections)
              for (const object of objects)
                for (const action of ['read', 'write']) {
                  expect((await ask(ours, subject, action, object, connection)).effect === 'permit').toBe(
                    await plain.enforce(subject, connection, object, action),
                  );
                }
        },
      ),
      { numRuns: 60 },
    );
  });
});
