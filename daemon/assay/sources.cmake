# The runner: everything but main() is a library, so that tests can link it.

pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.74)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
find_package(Threads REQUIRED)

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(ASSAY_PLATFORM linux)
else()
  set(ASSAY_PLATFORM posix)
endif()

add_library(assay-parts STATIC
  daemon/assay/alpaca_eval.c
  daemon/assay/args.c
  daemon/assay/asked_results.c
  daemon/assay/asked_session.c
  daemon/assay/asked_subject.c
  daemon/assay/asking.c
  daemon/assay/audit_boards.c
  daemon/assay/audit_bundle.c
  daemon/assay/audit_crew.c
  daemon/assay/audit_documents.c
  daemon/assay/audit_fold.c
  daemon/assay/audit_open.c
  daemon/assay/audit_rows.c
  daemon/assay/audit_runs.c
  daemon/assay/audit_walk.c
  daemon/assay/audit_watches.c
  daemon/assay/chat_answer.c
  daemon/assay/command.c
  daemon/assay/complete.c
  daemon/assay/conditions.c
  daemon/assay/deliver.c
  daemon/assay/deliver_batch.c
  daemon/assay/deliver_evidence.c
  daemon/assay/doctor_front.c
  daemon/assay/doctor_home.c
  daemon/assay/doctor_server.c
  daemon/assay/draft_parts.c
  daemon/assay/eee_samples.c
  daemon/assay/endpoint.c
  daemon/assay/enrolment.c
  daemon/assay/evalplus.c
  daemon/assay/every_eval_ever.c
  daemon/assay/explain.c
  daemon/assay/export.c
  daemon/assay/export_csv.c
  daemon/assay/export_eee.c
  daemon/assay/export_eee_samples.c
  daemon/assay/export_hf.c
  daemon/assay/fastchat.c
  daemon/assay/gate_init.c
  daemon/assay/gate_numbers.c
  daemon/assay/gate_read.c
  daemon/assay/gate_report.c
  daemon/assay/gate_run.c
  daemon/assay/gate_show.c
  daemon/assay/gate_watched.c
  daemon/assay/gate_words.c
  daemon/assay/gguf.c
  daemon/assay/glance.c
  daemon/assay/grade.c
  daemon/assay/hardware.c
  daemon/assay/hardware_${ASSAY_PLATFORM}.c
  daemon/assay/helm.c
  daemon/assay/help.c
  daemon/assay/help_man.c
  daemon/assay/home.c
  daemon/assay/import.c
  daemon/assay/import_load.c
  daemon/assay/import_read.c
  daemon/assay/import_show.c
  daemon/assay/import_sign.c
  daemon/assay/importer.c
  daemon/assay/inspect_ai.c
  daemon/assay/inspect_log.c
  daemon/assay/judging.c
  daemon/assay/llama_bench.c
  daemon/assay/llama_bench_record.c
  daemon/assay/llama_perplexity.c
  daemon/assay/lm_eval.c
  daemon/assay/lm_eval_samples.c
  daemon/assay/lm_eval_subject.c
  daemon/assay/localscore.c
  daemon/assay/log_receipt.c
  daemon/assay/log_source.c
  daemon/assay/mend.c
  daemon/assay/losses_plan.c
  daemon/assay/losses_sign.c
  daemon/assay/model_names.c
  daemon/assay/net.c
  daemon/assay/measured.c
  daemon/assay/pin.c
  daemon/assay/protocol.c
  daemon/assay/receipts.c
  daemon/assay/records.c
  daemon/assay/refusal.c
  daemon/assay/remote.c
  daemon/assay/run_asked.c
  daemon/assay/run_bar.c
  daemon/assay/run_chat.c
  daemon/assay/run_intent.c
  daemon/assay/run_offer.c
  daemon/assay/run_parts.c
  daemon/assay/run_party.c
  daemon/assay/run_quantization.c
  daemon/assay/run_refusals.c
  daemon/assay/run_serving.c
  daemon/assay/run_throughput.c
  daemon/assay/say.c
  daemon/assay/seen.c
  daemon/assay/serving_load.c
  daemon/assay/serving_results.c
  daemon/assay/session.c
  daemon/assay/session_import.c
  daemon/assay/spool.c
  daemon/assay/sse.c
  daemon/assay/suite_folder.c
  daemon/assay/term.c
  daemon/assay/told.c
  daemon/assay/verb_act.c
  daemon/assay/verb_audit.c
  daemon/assay/verb_doctor.c
  daemon/assay/verb_enrol.c
  daemon/assay/verb_export.c
  daemon/assay/verb_gate.c
  daemon/assay/verb_hardware.c
  daemon/assay/verb_help.c
  daemon/assay/verb_import.c
  daemon/assay/verb_invite.c
  daemon/assay/verb_key.c
  daemon/assay/verb_keygen.c
  daemon/assay/verb_alias.c
  daemon/assay/verb_price.c
  daemon/assay/verb_retract.c
  daemon/assay/verb_run.c
  daemon/assay/verb_status.c
  daemon/assay/verb_submit.c
  daemon/assay/verb_suites.c
  daemon/assay/verb_verify.c
  daemon/assay/verb_watch.c
  daemon/assay/verbs.c
  daemon/assay/verifier.c
  daemon/assay/vllm.c
  daemon/assay/wants.c
  daemon/assay/weights.c
  daemon/assay/zip.c)
target_include_directories(assay-parts PUBLIC daemon/assay)
target_link_libraries(assay-parts PUBLIC assay-core PkgConfig::CURL PkgConfig::ZLIB
  Threads::Threads)

add_executable(assay daemon/assay/main.c)
target_link_libraries(assay PRIVATE assay-parts)
install(TARGETS assay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runner)
