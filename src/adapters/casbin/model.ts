/**
 * The shipped Casbin model. Allow and deny: something must allow and nothing may deny. The connection is the domain.
 * Matching is by our own
 * anchored functions on strings; there is no `eval` and no regular expression on anything a user or a policy writes.
 */
export const model = `
[request_definition]
r = sub, dom, obj, act

[policy_definition]
p = sub, dom, obj, act, eft

[role_definition]
g = _, _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = g(r.sub, p.sub, r.dom) && sameText(r.dom, p.dom) && objectCovers(p.obj, r.obj, p.eft) && actionCovers(p.act, r.act)
`;
