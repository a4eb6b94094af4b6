// draft7.mjs — the part of JSON Schema draft-07 that other projects' schemas use; anything else is an error.
// SPDX-License-Identifier: Apache-2.0

const notes = new Set(['$schema', '$defs', 'version', 'title', 'description', 'default', 'examples', 'format', '$comment',
	'then', 'else']);
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const typeOf = (value) => value === null ? 'null' : Array.isArray(value) ? 'array' :
	Number.isInteger(value) ? 'integer' : typeof value;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const rules = {
	type: (v, types) => [types].flat().some((t) => t === typeOf(v) || (t === 'number' && typeOf(v) === 'integer')),
	const: (v, wanted) => same(v, wanted),
	enum: (v, list) => list.some((one) => same(one, v)),
	pattern: (v, pattern) => typeof v !== 'string' || new RegExp(pattern, 'u').test(v),
	minimum: (v, least) => typeof v !== 'number' || v >= least,
	maximum: (v, most) => typeof v !== 'number' || v <= most,
	minItems: (v, n) => !Array.isArray(v) || v.length >= n,
	required: (v, names) => !isObject(v) || names.every((name) => name in v),
	items: (v, schema, ask) => !Array.isArray(v) || v.flatMap((one, i) => ask(schema, one, `/${i}`)),
	properties: (v, named, ask) => !isObject(v) || Object.entries(named).flatMap(([name, schema]) =>
		name in v ? ask(schema, v[name], `/${name}`) : []),
	additionalProperties: (v, more, ask, schema) => !isObject(v) || Object.keys(v)
		.filter((name) => !(name in (schema.properties ?? {})))
		.flatMap((name) => more === false ? [`/${name}: is not allowed`] : ask(more, v[name], `/${name}`)),
	allOf: (v, all, ask) => all.flatMap((one) => ask(one, v, '')),
	oneOf: (v, all, ask) => all.filter((one) => ask(one, v, '').length === 0).length === 1,
	not: (v, one, ask) => ask(one, v, '').length > 0,
	if: (v, one, ask, schema) => ask((ask(one, v, '').length === 0 ? schema.then : schema.else) ?? {}, v, ''),
};

// Complaints of one value against a schema: ["/path: keyword …"]; none if it is valid.
export function draft7Complaints(root, value, schema = root, where = '') {
	if (schema === true)
		return [];
	if (schema.$ref)
		return draft7Complaints(root, value, schema.$ref.slice(2).split('/').reduce((at, key) => at[key], root), where);
	const ask = (inner, v, below) => draft7Complaints(root, v, inner, where + below);
	return Object.entries(schema).flatMap(([keyword, wanted]) => {
		if (notes.has(keyword))
			return [];
		if (!rules[keyword])
			throw new Error(`schema keyword ${keyword} is not known here`);
		const found = rules[keyword](value, wanted, ask, schema);
		if (Array.isArray(found))
			return found.map((one) => one.startsWith(where) ? one : where + one);
		return found ? [] : [`${where || '/'}: ${keyword} ${JSON.stringify(wanted).slice(0, 120)}, got ${JSON.stringify(value)?.slice(0, 80)}`];
	});
}
