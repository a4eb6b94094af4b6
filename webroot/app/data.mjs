// data.mjs — reading the published documents.
// SPDX-License-Identifier: Apache-2.0
import { isDocument } from './state.mjs';

export class DataError extends Error {}

// The last documents, each with its ETag: what did not change is not parsed again.
const KEPT_N = 12;
const kept = new Map();

function keep(path, tag, document) {
	kept.delete(path);
	if (tag)
		kept.set(path, { tag, document });
	if (kept.size > KEPT_N)
		kept.delete(kept.keys().next().value);
}

export async function readDocument(path, format, get = fetch) {
	if (!isDocument(path))
		throw new DataError(`“${path}” is not the name of a document.`);
	let answer;
	try {
		answer = await get(`data/v1/${path}`, { cache: 'no-cache' });
	} catch {
		throw new DataError('The server cannot be reached. Check your connection, then load the page again.');
	}
	if (answer.status === 404)
		throw new DataError(`There is no document ${path}. The link may be old; the overview names all there are.`);
	if (!answer.ok)
		throw new DataError(`The server answered ${answer.status} for ${path}. Try again in a moment.`);
	const tag = answer.headers?.get('etag');
	if (tag && kept.get(path)?.tag === tag)
		return kept.get(path).document;
	const document = await answer.json().catch(() => null);
	if (document?.format !== format)
		throw new DataError(`${path} has another form than this page knows. Load the page again to get its newest version.`);
	keep(path, tag, document);
	return document;
}

// The same, or null where there is no such document: what not every server publishes.
export const tryDocument = (...settings) => readDocument(...settings).catch(() => null);

// The units of a suite's metrics: metric → unit. Empty if the suite is not published.
export async function readUnits(suite, get = fetch) {
	if (!/^[a-z0-9][a-z0-9_-]*$/.test(suite?.name) || !Number.isSafeInteger(suite?.version))
		return new Map();
	try {
		const { metrics } = await (await get(`suites/${suite.name}/${suite.version}/suite.json`)).json();
		return new Map(metrics.map((metric) => [metric.name, metric.unit]));
	} catch {
		return new Map();
	}
}

// The metrics of a suite by name, NAME/VERSION or NAME for the newest that index.json lists; empty if it is not there.
export async function readMetrics(suite, index, get = fetch) {
	const [, wanted, exact] = /^([a-z][a-z0-9_-]*)(?:\/(\d{1,9}))?$/.exec(suite) ?? [];
	const version = exact ?? Math.max(...index.suites.filter((s) => s.name === wanted).map((s) => s.version));
	if (!wanted || !Number.isFinite(Number(version)))
		return new Map();
	try {
		const { metrics } = await (await get(`suites/${wanted}/${version}/suite.json`)).json();
		return new Map(metrics.map((metric) => [metric.name, metric]));
	} catch {
		return new Map();
	}
}

// What the documents make of a submission: { document, run }, run with state, reason and submitter, if it is among
// those shown; null if no document names its model.
export async function readStanding(index, model, get = fetch) {
	const { models } = await readDocument('index.json', 'assay-index-v1', get);
	const entry = models.find((one) => one.name === model?.name);
	if (!entry)
		return null;
	const { runs } = await readDocument(entry.document, 'assay-model-v1', get);
	return { document: entry.document, run: runs.find((run) => run.index === index) ?? null };
}
