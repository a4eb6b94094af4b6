// online.mjs — may a migration run while others work? What it says of a table that is in use must need no lock for long.
// SPDX-License-Identifier: Apache-2.0

const BATCH_MAX = 10000;
// Workers write these at any time. All others are the leader's, which rests while a migration is under way.
const WORKERS = new Set(['assay.statement', 'assay.pending', 'assay.evidence', 'assay.evidence_name', 'assay.catalogue']);

// Statements of SQL text without comments; quotes and dollar quotes are left whole.
function statementsOf(text) {
	const pieces = text.match(/--[^\n]*|'(?:[^']|'')*'|\$(\w*)\$[^]*?\$\1\$|[^'$-]+|[^]/g) ?? [];
	const statements = [''];
	for (const piece of pieces) {
		if (piece.startsWith('--'))
			continue;
		const parts = /^['$]./.test(piece) ? [piece] : piece.split(';');
		statements[statements.length - 1] += parts[0];
		statements.push(...parts.slice(1));
	}
	return statements.map((s) => s.replace(/\s+/g, ' ').trim()).filter(Boolean);
}

// The actions of ALTER TABLE: cut at commas outside of parentheses.
function actionsOf(text) {
	const actions = [''];
	let depth = 0;
	for (const c of text) {
		depth += c === '(' ? 1 : c === ')' ? -1 : 0;
		if (c === ',' && depth === 0)
			actions.push('');
		else
			actions[actions.length - 1] += c;
	}
	return actions.map((a) => a.trim());
}

const quickActions = [
	/^ADD CONSTRAINT .* NOT VALID$/i, /^DROP (COLUMN|CONSTRAINT) /i, /^ALTER COLUMN \w+ (SET DEFAULT|DROP DEFAULT|DROP NOT NULL|SET STATISTICS|SET STORAGE) ?/i,
	/^SET \(/i, /^VALIDATE CONSTRAINT /i,
];

// A column may come with a constant; what is computed, or must hold for all, makes every row be read or written.
function quickColumn(action) {
	const column = /^ADD COLUMN (IF NOT EXISTS )?\w+ (.*)$/i.exec(action)?.[2];
	if (!column || /\b(UNIQUE|PRIMARY KEY|REFERENCES|GENERATED|CHECK)\b/i.test(column))
		return false;
	const constant = /\bDEFAULT ('(?:[^']|'')*'|[\d.]+|true|false|null)(?![\w(])/i.test(column);
	return constant || !/\b(DEFAULT|NOT NULL)\b/i.test(column);
}

function alterOffence(statement, action, behindValidation) {
	if (quickColumn(action) || quickActions.some((form) => form.test(action)))
		return null;
	if (/^ALTER COLUMN \w+ SET NOT NULL$/i.test(action) && behindValidation)
		return null;
	return `${statement}: "${action}" reads or writes every row under a lock`;
}

class File {
	constructor() {
		Object.assign(this, { made: new Set(), offences: [], alters: false, moves: false, validated: false });
	}

	inUse(table) {
		return !this.made.has(table);
	}

	// Building an index and changing rows keep other writers out; readers go on.
	write(text, table, how) {
		this.moves ||= this.inUse(table) || / SELECT | FROM /i.test(text);
		if (WORKERS.has(table) && this.inUse(table))
			this.offences.push(`${text}: ${how}`);
	}

	alter(statement, [, table, what]) {
		if (!this.inUse(table))
			return;
		this.alters = true;
		for (const action of actionsOf(what)) {
			const offence = alterOffence(statement, action, this.validated);
			if (offence)
				this.offences.push(offence);
			this.validated ||= /^VALIDATE/i.test(action);
		}
	}

	statement(text) {
		const word = (form) => form.exec(text);
		let found;
		if ((found = word(/^CREATE TABLE (?:IF NOT EXISTS )?(\S+)/i)))
			this.made.add(found[1]);
		else if ((found = word(/^CREATE (?:UNIQUE )?INDEX \S+ ON (?:ONLY )?(\S+)/i)))
			this.write(text, found[1], 'an index on a table in use is built CONCURRENTLY, as a step');
		else if ((found = word(/^ALTER TABLE (?:ONLY )?(\S+) (.*)$/i)))
			this.alter(text, found);
		else if ((found = word(/^(?:INSERT INTO|UPDATE|DELETE FROM|WITH .* (?:INSERT INTO|UPDATE|DELETE FROM)) (\S+)/i)))
			this.write(text, found[1], 'rows of a table in use are changed in batches, as a step');
		else if (word(/^DROP (INDEX|TRIGGER) /i))
			this.alters = true;
		else if (!word(/^(CREATE (OR REPLACE )?(FUNCTION|VIEW|SEQUENCE|TRIGGER|TYPE)|DROP (TABLE|INDEX|FUNCTION|VIEW|TRIGGER|SEQUENCE|TYPE)|GRANT|REVOKE|COMMENT) /i))
			this.offences.push(`${text}: no form that is known to be quick`);
	}
}

// Steps are sent again from the first one after an interruption.
function stepOffence(text, repeated, before) {
	const built = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (\S+)/i.exec(text);
	if (built)
		return new RegExp(`^DROP INDEX CONCURRENTLY IF EXISTS (assay\\.)?${built[1]}$`, 'i').test(before) ? null
			: `${text}: what an interruption left is dropped by the step before`;
	if (repeated)
		return Number(/ LIMIT (\d+)/i.exec(text)?.[1] ?? Infinity) <= BATCH_MAX ? null : `${text}: a batch has LIMIT ${BATCH_MAX} or less`;
	if (/^CREATE TABLE (?!IF NOT EXISTS)/i.test(text) || /ADD COLUMN (?!IF NOT EXISTS)/i.test(text) ||
		(/ADD CONSTRAINT/i.test(text) && !/DROP CONSTRAINT IF EXISTS/i.test(text)))
		return `${text}: a step must stand being done twice`;
	return undefined;
}

function steps(text, file) {
	const parts = text.split(/^-- step(, until nothing changes)?\n/m);
	let before = '';
	for (let i = 1; i < parts.length; i += 2) {
		const [statement, ...more] = statementsOf(parts[i + 1]);
		if (!statement || more.length)
			file.offences.push(`step ${(i + 1) / 2}: one statement, not ${more.length + (statement ? 1 : 0)}`);
		const offence = statement && stepOffence(statement, Boolean(parts[i]), before);
		if (offence)
			file.offences.push(offence);
		else if (offence === undefined && statement && !/^DROP INDEX CONCURRENTLY/i.test(statement))
			file.statement(statement);
		before = statement;
	}
}

// What in a migration would hold others up; an empty list if nothing would.
export function offences(text) {
	const file = new File();
	if (/^-- step/m.test(text))
		steps(text, file);
	else
		statementsOf(text).forEach((statement) => file.statement(statement));
	if (!/^-- step/m.test(text) && file.alters && file.moves)
		file.offences.push('rows are read or written while a table in use is locked against its readers: two migrations, or steps');
	return file.offences;
}
