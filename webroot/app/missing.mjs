// missing.mjs — what nobody measured yet of a model, and the commands that would. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { count } from './format.mjs';

export const quoted = (text) => (/^[A-Za-z0-9._/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const commands = {
	throughput: (model) => `assay run throughput MODEL.gguf --model ${model}`,
	quantization: (model, quantization) => `assay import llama-perplexity perplexity.log --model ${model} --quantization ${quantization ?? 'NAME'} --weights MODEL.gguf --base BASE.gguf --text TEXT`,
	chat: (model) => `assay run chat --endpoint http://localhost:8000/v1 --model ${model} --judge-endpoint URL --judge-model ORG/NAME`,
	refusals: (model) => `assay run refusals --endpoint http://localhost:8000/v1 --model ${model}`,
	serving: (model) => `assay run serving --endpoint http://localhost:8000/v1 --model ${model}`,
};

const variantsOf = (rows) => new Map(rows.map((row) => [row.fields.subject, row.model]));
const named = (models) => [...new Set(models.map((model) => model.quantization ?? 'unquantized'))].sort();
const short = (text) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
const listed = (words) => (words.length > 6 ? `${words.slice(0, 5).map(short).join(', ')} and ${words.length - 5} more` : words.map(short).join(', '));

// [{ words, command }]: suites without a result, variants without their loss, cells that rest on one submitter.
export function missingOf(model, suites) {
	const name = quoted(model.name);
	const rows = model.boards.flatMap((board) => board.rows.map((row) => ({ ...row, suite: board.suite.name })));
	const missing = [];
	const lossOf = new Set(rows.filter((row) => row.suite === 'quantization').map((row) => row.fields.subject));
	const without = named([...variantsOf(rows)].filter(([subject]) => !lossOf.has(subject)).map(([, one]) => one));
	const alone = rows.filter((row) => row.suite === 'throughput' && row.estimates.every((e) => e.voters === 1));
	if (alone.length > 0)
		missing.push({ words: `${count(alone.length, 'throughput cell rests', 'throughput cells rest')} on one submitter, for example ${short(alone[0].model.quantization ?? '')} on ${short(alone[0].fields.hardware)}. A run of yours would corroborate it.`,
			command: commands.throughput(name) });
	if (without.length > 0)
		missing.push({ words: `Nobody measured the loss of ${listed(without)}.`, command: commands.quantization(name, quoted(without[0])) });
	for (const suite of suites.filter((one) => !['quantization'].includes(one.name) && !model.boards.some((board) => board.suite.name === one.name && board.rows.length > 0)))
		missing.push({ words: `${suite.title}: no result yet.`, command: commands[suite.name]?.(name) ?? `assay run ${suite.name} --help` });
	return missing;
}
