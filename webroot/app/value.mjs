// value.mjs — what quality costs.
// SPDX-License-Identifier: Apache-2.0
import { make } from './dom.mjs';
export async function valueView() {
	return { title: 'Value', parts: [make('h1', {}, 'Value')] };
}
