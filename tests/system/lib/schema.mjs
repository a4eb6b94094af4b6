// schema.mjs — the part of JSON Schema that webroot/openapi.json and the policies' schema use; anything else is an error.
// SPDX-License-Identifier: Apache-2.0

const notes = new Set(['description', 'format', 'contentEncoding', '$ref', '$schema', 'title', 'default']);

const typeOf = (value) => {
	if (value === null)
		return 'null';
	if (Array.isArray(value))
		return 'array';
	return Number.isInteger(value) ? 'integer' : typeof value;
};

const rules = {
	type: (value, types) => [types].flat().some((t) => t === typeOf(value) || (t === 'number' && typeOf(value) === 'integer')),
	const: (value, wanted) => value === wanted,
	enum: (value, list) => list.includes(value),
	pattern: (value, pattern) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
	minimum: (value, least) => typeof value !== 'number' || value >= least,
	maximum: (value, most) => typeof value !== 'number' || value <= most,
	minLength: (value, n) => typeof value !== 'string' || [...value].length >= n,
	maxLength: (value, n) => typeof value !== 'string' || [...value].length <= n,
	maxProperties: (value, n) => typeOf(value) !== 'object' || Object.keys(value).length <= n,
	minItems: (value, n) => !Array.isArray(value) || value.length >= n,
	maxItems: (value, n) => !Array.isArray(value) || value.length <= n,
	required: (value, names) => typeOf(value) !== 'object' || names.every((name) => name in value),
};

// Complaints of one value against a schema: ["/path: keyword"]. Members that the schema does not name are
// complaints too, unless it says otherwise: what is published is described.
export function complaints(api, schema, value, where = '') {
	if (schema.$ref)
		return complaints(api, schema.$ref.slice(2).split('/').reduce((at, key) => at[key], api), value, where);
	const found = [];
	for (const [keyword, wanted] of Object.entries(schema)) {
		if (rules[keyword]) {
			if (!rules[keyword](value, wanted))
				found.push(`${where || '/'}: ${keyword} ${JSON.stringify(wanted)}, got ${JSON.stringify(value)?.slice(0, 80)}`);
		} else if (keyword === 'oneOf') {
			if (!wanted.some((one) => complaints(api, one, value, where).length === 0))
				found.push(`${where || '/'}: none of oneOf`);
		} else if (keyword === 'items' && Array.isArray(value)) {
			value.forEach((item, i) => found.push(...complaints(api, wanted, item, `${where}/${i}`)));
		} else if (!notes.has(keyword) && !['items', 'properties', 'additionalProperties'].includes(keyword)) {
			throw new Error(`schema keyword ${keyword} is not known here`);
		}
	}
	if (typeOf(value) === 'object' && (schema.properties || schema.additionalProperties !== undefined))
		found.push(...memberComplaints(api, schema, value, where));
	return found;
}

function memberComplaints(api, { properties = {}, additionalProperties: more }, value, where) {
	return Object.entries(value).flatMap(([name, member]) => {
		if (properties[name])
			return complaints(api, properties[name], member, `${where}/${name}`);
		if (more === true)
			return [];
		return more ? complaints(api, more, member, `${where}/${name}`) : [`${where}/${name}: not described`];
	});
}
