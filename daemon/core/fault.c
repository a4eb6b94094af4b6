/* fault.c — the table of all refusals, and how one is filled in.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static const struct fault_info table[FAULT__MAX] = {
    [FAULT_NONE] = {"none", 0, EXIT_CODE_DONE, "There is no fault.", "Nothing needs to be done."},

    [FAULT_BAD_REQUEST] = {"bad_request", 400, EXIT_CODE_REFUSED,
	"The request is not well-formed HTTP/1.1.",
	"Send a request as RFC 9112 describes it; a proxy on the way may have changed it."},
    [FAULT_NOT_FOUND] = {"not_found", 404, EXIT_CODE_REFUSED, "Nothing is published at this path.",
	"Check the path; the start page links to everything there is."},
    [FAULT_STATEMENT_NOT_FOUND] = {"statement_not_found", 404, EXIT_CODE_REFUSED,
	"No statement with this id was accepted here.",
	"Check the id and the server; if the statement is yours, submit it again, that is "
	"harmless."},
    [FAULT_EVIDENCE_NOT_FOUND] = {"evidence_not_found", 404, EXIT_CODE_REFUSED,
	"No evidence with this digest was sent here.",
	"Check the digest; whoever made the submission that names it can still send it."},
    [FAULT_EVIDENCE_NOT_NAMED] = {"evidence_not_named", 404, EXIT_CODE_REFUSED,
	"No accepted submission names evidence of this digest and length.",
	"Send the submission first, then its evidence, byte for byte the file that was signed."},
    [FAULT_EVIDENCE_WITHHELD] = {"evidence_withheld", 410, EXIT_CODE_REFUSED,
	"This evidence is withheld, with every submission that named it.",
	"The log still holds the act that did so; the reason stands there."},
    [FAULT_EVIDENCE_DIFFERS] = {"evidence_differs", 422, EXIT_CODE_REFUSED,
	"The bytes that came have another digest than the path names; nothing was stored.",
	"Send the file as it was when the submission was signed, without any coding."},
    [FAULT_EVIDENCE_SUBMISSION_FULL] = {"evidence_submission_full", 413, EXIT_CODE_REFUSED,
	"Every submission that names this evidence has as much stored as one may have.",
	"Keep the file: its digest stands in the submission, so anybody can check it against "
	"that."},
    [FAULT_EVIDENCE_DAY_FULL] = {"evidence_day_full", 429, EXIT_CODE_LATER,
	"The submitter who names this evidence has as much stored of one day as is allowed.",
	"Send it again tomorrow."},
    [FAULT_EVIDENCE_FULL] = {"evidence_full", 507, EXIT_CODE_LATER,
	"The server has no room for more evidence.",
	"Keep the file; the operator can raise evidence_max_bytes. The submission counts all the "
	"same."},
    [FAULT_METHOD_NOT_ALLOWED] = {"method_not_allowed", 405, EXIT_CODE_REFUSED,
	"This path does not take this method.",
	"Use one of the methods that the Allow header names."},
    [FAULT_REQUEST_TIMEOUT] = {"request_timeout", 408, EXIT_CODE_LATER,
	"The request did not arrive in full in time.",
	"Send it again, over a faster connection if this one is slow."},
    [FAULT_LENGTH_REQUIRED] = {"length_required", 411, EXIT_CODE_REFUSED,
	"The request does not say how long its body is.",
	"Send the body with a Content-Length header and without Transfer-Encoding."},
    [FAULT_BODY_TOO_LARGE] = {"body_too_large", 413, EXIT_CODE_REFUSED,
	"The body is larger than is accepted here.",
	"Make it smaller: fewer results in one submission, shorter notes, fewer item scores; "
	"a long batch goes in parts."},
    [FAULT_MEDIA_TYPE] = {"media_type", 415, EXIT_CODE_REFUSED,
	"The body has a media type that is not accepted here.",
	"Send one envelope as application/vnd.dsse.envelope.v1+json or application/json, or "
	"several, one a line, as application/x-ndjson; evidence as application/octet-stream."},
    [FAULT_EXPECTATION] = {"expectation", 417, EXIT_CODE_REFUSED,
	"The request expects something that this server does not do.",
	"Leave out the Expect header, or send 100-continue in it."},
    [FAULT_HEAD_TOO_LARGE] = {"head_too_large", 431, EXIT_CODE_REFUSED,
	"The head of the request is too large or has too many headers.",
	"Send fewer and shorter headers; cookies are not needed here."},
    [FAULT_NOT_IMPLEMENTED] = {"not_implemented", 501, EXIT_CODE_REFUSED,
	"The request uses a method or a transfer coding that this server does not know.",
	"Use GET, HEAD or POST, and a body with Content-Length."},
    [FAULT_HTTP_VERSION] = {"http_version", 505, EXIT_CODE_REFUSED,
	"The request's HTTP version is not served.",
	"Speak HTTP/1.1; a proxy in front has to as well (nginx: proxy_http_version 1.1)."},

    [FAULT_INTERNAL] = {"internal", 500, EXIT_CODE_LATER, "The server made a mistake of its own.",
	"Try again later; if it stays so, tell the operator the request id."},
    [FAULT_BUSY] = {"busy", 503, EXIT_CODE_LATER,
	"The server has more work than it can take right now.",
	"Try again after the seconds that the Retry-After header names."},
    [FAULT_DATABASE] = {"database", 503, EXIT_CODE_LATER, "The database cannot be used right now.",
	"Try again later; the operator finds the cause in the log, and can check that PostgreSQL "
	"runs."},
    [FAULT_DEADLINE] = {"deadline", 503, EXIT_CODE_LATER, "The database did not answer in time.",
	"Try again; a statement that was stored all the same is recognised by its id."},
    [FAULT_STARTING] = {"starting", 503, EXIT_CODE_LATER,
	"The server has just started and has not read the rules from its log yet.",
	"Try again after the seconds that the Retry-After header names."},
    [FAULT_DOOR_CLOSED] = {"door_closed", 503, EXIT_CODE_LATER,
	"The server takes no statements yet, because its log has no config.",
	"Try again later; the operator opens the door with `assayd config --apply`."},
    [FAULT_TOO_MANY_CONNECTIONS] = {"too_many_connections", 503, EXIT_CODE_LATER,
	"The server has as many connections as it allows.",
	"Try again later, and keep fewer connections open at once."},
    [FAULT_TOO_MANY_REQUESTS] = {"too_many_requests", 429, EXIT_CODE_LATER,
	"More was sent than one sender may send in this time.",
	"Try again after the seconds that the Retry-After header names, and send more slowly."},

    [FAULT_ENVELOPE] = {"envelope", 400, EXIT_CODE_REFUSED,
	"The body is not a DSSE envelope with exactly one signature.",
	"Send {payloadType, payload, signatures: [{keyid, sig}]} as DSSE v1.0.2 describes it."},
    [FAULT_BASE64] = {"base64", 400, EXIT_CODE_REFUSED,
	"A member of the envelope is not the base64 it should be.",
	"Encode it in one base64 alphabet (RFC 4648), without blanks or line ends."},
    [FAULT_UNKNOWN_KIND] = {"unknown_kind", 422, EXIT_CODE_REFUSED,
	"The statement is of a kind that is not known here.",
	"Use one of the kinds in /v1/policy; a newer runner may need a newer server."},
    [FAULT_SIGNATURE] = {"signature", 401, EXIT_CODE_REFUSED,
	"The signature does not fit the payload and its key.",
	"Sign exactly the bytes that are sent, as DSSE's PAE, with the key that the payload "
	"names."},
    [FAULT_KEY_MISMATCH] = {"key_mismatch", 401, EXIT_CODE_REFUSED,
	"The payload names another key than the one that signed it.",
	"Put the public key that signs into the payload's `key`, and sign again."},
    [FAULT_WEAK_KEY] = {"weak_key", 422, EXIT_CODE_REFUSED,
	"The key is not a sound Ed25519 public key.",
	"Make a new key with `assay keygen` or `openssl genpkey -algorithm ed25519`."},

    [FAULT_NOT_JSON] = {"not_json", 400, EXIT_CODE_REFUSED,
	"This is not one well-formed JSON object.",
	"Send one JSON object in UTF-8 (RFC 8259), with finite numbers and nothing behind it."},
    [FAULT_DUPLICATE_MEMBER] = {"duplicate_member", 422, EXIT_CODE_REFUSED,
	"An object has two members of the same name.", "Keep one of them."},
    [FAULT_TOO_DEEP] = {"too_deep", 422, EXIT_CODE_REFUSED,
	"Objects and arrays are nested too deeply.", "Nest them at most 16 levels deep."},
    [FAULT_MISSING_MEMBER] = {"missing_member", 422, EXIT_CODE_REFUSED,
	"A member that is needed is missing.", "Add it; a statement has to be signed again."},
    [FAULT_UNKNOWN_MEMBER] = {"unknown_member", 422, EXIT_CODE_REFUSED,
	"There is a member that has no meaning here.",
	"Correct its name or leave it out; remarks of your own go into `extra`."},
    [FAULT_WRONG_TYPE] = {"wrong_type", 422, EXIT_CODE_REFUSED, "A member has the wrong JSON type.",
	"Write it in the type that is expected; a statement has to be signed again."},
    [FAULT_WRONG_FORM] = {"wrong_form", 422, EXIT_CODE_REFUSED,
	"A member is not written in the form that is expected.",
	"Write it exactly in that form; a statement has to be signed again."},
    [FAULT_OUT_OF_RANGE] = {"out_of_range", 422, EXIT_CODE_REFUSED,
	"A value or a length is outside the range it can have.",
	"Check it, and the unit of a number; a statement has to be signed again."},
    [FAULT_TOO_LONG] = {"too_long", 422, EXIT_CODE_REFUSED,
	"A text, a list or a map is longer than is accepted.",
	"Shorten it; a statement has to be signed again."},
    [FAULT_CONFLICTING_MEMBERS] = {"conflicting_members", 422, EXIT_CODE_REFUSED,
	"Members are there together that exclude each other, or neither of them is.",
	"Keep exactly one of them; a statement has to be signed again."},

    [FAULT_WRONG_AUDIENCE] = {"wrong_audience", 422, EXIT_CODE_REFUSED,
	"The statement was signed for another log.",
	"Sign it for the origin that /v1/policy names, or send it to the server it was signed "
	"for."},
    [FAULT_CREATED_IN_FUTURE] = {"created_in_future", 422, EXIT_CODE_REFUSED,
	"The statement says that it was made in the future.",
	"Set the clock of the machine that signs; a statement has to be signed again."},
    [FAULT_NOT_ENROLLED] = {"not_enrolled", 403, EXIT_CODE_REFUSED,
	"No submitter is enrolled with this key.",
	"Enrol the key first with `assay enrol`, then submit again."},
    [FAULT_KEY_TAKEN] = {"key_taken", 409, EXIT_CODE_REFUSED,
	"The key already belongs to a submitter.",
	"Submit with it, or make a new key for a new submitter: `assay keygen`."},
    [FAULT_NOT_ENTITLED] = {"not_entitled", 403, EXIT_CODE_REFUSED,
	"The signer may not make this statement.",
	"Let someone sign it whose role allows it, or ask the operator for that role."},
    [FAULT_KEY_REVOKED] = {"key_revoked", 403, EXIT_CODE_REFUSED,
	"The key was revoked by its submitter.",
	"Sign with a current key of the same submitter: `--key FILE`."},
    [FAULT_SUSPENDED] = {"suspended", 403, EXIT_CODE_REFUSED, "The submitter is suspended.",
	"The acts name the reason; retracting and revoking keys are still possible."},
    [FAULT_KEY_PROOF] = {"key_proof", 422, EXIT_CODE_REFUSED,
	"The proof is not the new key's signature over what it must sign.",
	"Make it with `assay key add`, which signs with both keys."},
    [FAULT_TARGET] = {"target_unknown", 422, EXIT_CODE_REFUSED,
	"The target is not in the log, or is of another kind.",
	"Give the id as the page and `assay status` show it, once the target is logged."},
    [FAULT_NOT_APPLICABLE] = {"not_applicable", 409, EXIT_CODE_REFUSED,
	"The target is in no state that this could be done to.",
	"Look at the target's present state: GET /v1/statements/ID."},
    [FAULT_CREATED_LONG_AGO] = {"created_long_ago", 422, EXIT_CODE_REFUSED,
	"The statement was made too long ago for its kind.", "Make and sign it again."},
    [FAULT_TERMS] = {"terms", 422, EXIT_CODE_REFUSED,
	"The enrolment agrees to other terms than the ones in force.",
	"Read the terms that /v1/policy names, and enrol again."},
    [FAULT_PROOF_OF_WORK] = {"proof_of_work", 422, EXIT_CODE_REFUSED,
	"The proof of work is too small for this server.",
	"Search a counter for the difficulty that /v1/policy names; `assay enrol` does it."},
    [FAULT_INVITATION] = {"invitation", 403, EXIT_CODE_REFUSED, "The invitation does not hold.",
	"Ask for a new one, or enrol with a proof of work: leave the invitation out."},
    [FAULT_UNKNOWN_SUITE] = {"unknown_suite", 422, EXIT_CODE_REFUSED,
	"The suite or this version of it is not known here.",
	"Use a suite that /v1/policy lists; `assay suites` shows them."},
    [FAULT_SUITE_DIGEST] = {"suite_digest", 422, EXIT_CODE_REFUSED,
	"The suite has this name and version here, but another content.",
	"Get the suite that this server publishes, and measure with that one."},
    [FAULT_SUITE_REQUIRES] = {"suite_requires", 422, EXIT_CODE_REFUSED,
	"A member is missing that this suite requires.",
	"Add it: without it, the result cannot be compared with others."},
    [FAULT_UNKNOWN_METRIC] = {"unknown_metric", 422, EXIT_CODE_REFUSED,
	"The suite has no metric of this name.", "Use a metric that the suite lists."},
    [FAULT_UNKNOWN_CONDITION] = {"unknown_condition", 422, EXIT_CODE_REFUSED,
	"The suite has no condition of this name.",
	"Use the conditions that the suite lists; anything else goes into `extra`."},
    [FAULT_DUPLICATE_RESULT] = {"duplicate_result", 422, EXIT_CODE_REFUSED,
	"Two results are for the same metric in the same cell.",
	"Keep one, join them into one with n repeats, or send two submissions."},
    [FAULT_ITEMS] = {"items", 422, EXIT_CODE_REFUSED,
	"The item scores do not fit the items of the suite.",
	"Give one score for each item in the order of the suite, null where one is missing."},

    [FAULT_CHECKPOINT] = {"checkpoint", 0, EXIT_CODE_REFUSED,
	"This is not a checkpoint of the log.",
	"Fetch it again from where it is published; nothing may be added to it or cut off."},
    [FAULT_CHECKPOINT_SIGNATURE] = {"checkpoint_signature", 0, EXIT_CODE_IDENTITY,
	"The checkpoint is not signed by the log's key.",
	"Trust nothing that hangs on it; compare the verifier key with the one you were given."},
    [FAULT_LOG_PROOF] = {"log_proof", 0, EXIT_CODE_REFUSED,
	"The proof does not show that the statement is in the log.",
	"Fetch the proof of this very statement again; if it stays so, show it to others."},
    [FAULT_LOG_MISMATCH] = {"log_mismatch", 409, EXIT_CODE_REFUSED,
	"The log's history is not the one that was seen before.",
	"Keep both checkpoints: together they prove it. Show them to others and to the operator."},
    [FAULT_BREACH] = {"breach", 0, EXIT_CODE_REFUSED, "What is published does not hold together.",
	"Audit again; if it stays so, keep a copy, and show it to others and to the operator."},

    [FAULT_USAGE] = {"usage", 0, EXIT_CODE_USAGE, "The command line is not understood.",
	"See --help for what there is, with examples."},
    [FAULT_POLICY] = {"policy", 422, EXIT_CODE_REFUSED, "The policy cannot be judged by.",
	"Correct the policy; `assay gate explain POLICY` says how it is understood."},
    [FAULT_WATCHES_FULL] = {"watches_full", 409, EXIT_CODE_REFUSED,
	"This release manager has as many policies under watch as the rules allow.",
	"Take one back that nobody needs any more: `assay watch list`, `assay watch stop ID`. The "
	"operator sets the limit: watches_max_n."},
    [FAULT_UNPUBLISHED] = {"unpublished", 0, EXIT_CODE_REFUSED,
	"A submission cannot be added to what the log holds.",
	"Take it out of the folder, or measure again: what the log would refuse or hold does not "
	"count before it is public either."},
    [FAULT_OPTION] = {"option", 0, EXIT_CODE_USAGE, "An option is not set as it should be.",
	"Correct it on the command line, in the environment or in the configuration file."},
    [FAULT_FILE] = {"file", 0, EXIT_CODE_LOCAL, "A file or folder cannot be used.",
	"Check that it exists, who may use it, and that the disk is not full."},
    [FAULT_FILE_FORMAT] = {"file_format", 0, EXIT_CODE_REFUSED,
	"A file does not hold what its format promises.",
	"Check that it is the right file and complete; if a tool wrote it, run the tool again."},
    [FAULT_KEY_FILE] = {"key_file", 0, EXIT_CODE_LOCAL,
	"A file does not hold a usable Ed25519 key.",
	"Name the right file, or make a key with `assay keygen` or `openssl genpkey -algorithm "
	"ed25519`."},
    [FAULT_KEY_FILE_MODE] = {"key_file_mode", 0, EXIT_CODE_LOCAL,
	"Others on this machine may use the private key file.",
	"Take their access away with `chmod 600 FILE`; if others may have read it, make a new "
	"key."},
    [FAULT_SPOOL] = {"spool", 0, EXIT_CODE_LOCAL, "The spool folder cannot be used.",
	"Check who may write to it and that the disk is not full; nothing was sent."},
    [FAULT_SUITE_FILE] = {"suite_file", 0, EXIT_CODE_REFUSED,
	"A suite's files are not as they should be.",
	"Correct the suite; eval-suites/README.md says how one is written."},
    [FAULT_CATALOGUE] = {"catalogue", 0, EXIT_CODE_REFUSED,
	"The catalogue's files are not as they should be.",
	"Correct the table; eval-suites/catalogue/README.md says what its rows have."},
    [FAULT_SIGNER] = {"signer", 0, EXIT_CODE_LATER,
	"The log's signer does not answer as it should.",
	"See that `assayd signer` runs, with the same origin and log key, and read its log."},

    [FAULT_SERVER_UNREACHABLE] = {"server_unreachable", 0, EXIT_CODE_LATER,
	"The server cannot be reached.",
	"Check the address and the network, then try again; what waits in the spool is kept."},
    [FAULT_SERVER_ANSWER] = {"server_answer", 0, EXIT_CODE_LATER,
	"The server's answer is not understood.",
	"Check that the address is an Assay server and not a proxy's page, then try again."},
    [FAULT_SERVER_IDENTITY] = {"server_identity", 0, EXIT_CODE_IDENTITY,
	"The server is not the one that was pinned at enrolment.",
	"Do not send anything; ask the operator whether the log was replaced, and why."},
    [FAULT_ENDPOINT] = {"endpoint", 0, EXIT_CODE_LATER,
	"The model's endpoint does not answer as it should.",
	"Check its address, the model's name there and the key, then give the same command again: "
	"what was answered is kept."},
    [FAULT_NOT_ENROLLED_HERE] = {"not_enrolled_here", 0, EXIT_CODE_USAGE,
	"There is no enrolment for this server on this machine.", "Run `assay enrol` first."},
    [FAULT_NO_MEMORY] = {"no_memory", 503, EXIT_CODE_LATER, "There is not enough memory.",
	"Try again later, or give the program more memory."},
};

/* Twice the field, so that what is cut is cut by utf8_clean(), between two characters. */
__attribute__((format(printf, 3, 0))) static void
format_clean(char *out, size_t room, const char *fmt, va_list args)
{
	char raw[2 * sizeof(((struct fault *)NULL)->got)];

	vsnprintf(raw, sizeof(raw), fmt, args);
	utf8_clean(out, room, raw, strlen(raw));
}

bool
fault_set(struct fault *f, enum fault_code code, const char *path, const char *expected,
    const char *got_fmt, ...)
{
	va_list args;

	if (f == NULL || f->code != FAULT_NONE)
		return false;
	f->code = code;
	utf8_clean(f->path, sizeof(f->path), path ? path : "", path ? strlen(path) : 0);
	utf8_clean(f->expected, sizeof(f->expected), expected ? expected : "",
	    expected ? strlen(expected) : 0);
	va_start(args, got_fmt);
	format_clean(f->got, sizeof(f->got), got_fmt, args);
	va_end(args);
	if (f->expected[0] != 0 && f->got[0] == 0)
		utf8_clean(f->got, sizeof(f->got), "nothing", strlen("nothing"));
	return false;
}

const struct fault_info *
fault_info(enum fault_code code)
{
	if ((unsigned int)code >= FAULT__MAX)
		code = FAULT_INTERNAL;
	return &table[code];
}

enum fault_code
fault_named(const char *name)
{
	for (int code = 0; code < FAULT__MAX; code++)
		if (strcmp(table[code].name, name) == 0)
			return (enum fault_code)code;
	return FAULT_NONE;
}
