# The server, as a library that the tests link too, and its main().
pkg_check_modules(EVENT REQUIRED IMPORTED_TARGET libevent_core>=2.1)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlienc)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq>=14)

add_library(assayd-parts STATIC
  daemon/assayd/accept.c
  daemon/assayd/address.c
  daemon/assayd/admit.c
  daemon/assayd/background.c
  daemon/assayd/batch.c
  daemon/assayd/batch_lines.c
  daemon/assayd/book_cells.c
  daemon/assayd/book_load.c
  daemon/assayd/book_names.c
  daemon/assayd/bundle.c
  daemon/assayd/catalogues.c
  daemon/assayd/cells.c
  daemon/assayd/check_config.c
  daemon/assayd/coding.c
  daemon/assayd/collect.c
  daemon/assayd/column.c
  daemon/assayd/config.c
  daemon/assayd/config_body.c
  daemon/assayd/confine.c
  daemon/assayd/conn.c
  daemon/assayd/conn_names.c
  daemon/assayd/costs.c
  daemon/assayd/days.c
  daemon/assayd/db.c
  daemon/assayd/dbconn.c
  daemon/assayd/dbhosts.c
  daemon/assayd/dblink.c
  daemon/assayd/dbrows.c
  daemon/assayd/dbsync.c
  daemon/assayd/deadline.c
  daemon/assayd/decided.c
  daemon/assayd/derive.c
  daemon/assayd/derive_changes.c
  daemon/assayd/document_board.c
  daemon/assayd/document_decisions.c
  daemon/assayd/document_dump.c
  daemon/assayd/document_feed.c
  daemon/assayd/document_hardware.c
  daemon/assayd/document_index.c
  daemon/assayd/document_model.c
  daemon/assayd/document_names.c
  daemon/assayd/document_people.c
  daemon/assayd/document_prices.c
  daemon/assayd/document_quantization.c
  daemon/assayd/document_runs.c
  daemon/assayd/document_submitters.c
  daemon/assayd/document_uses.c
  daemon/assayd/document_value.c
  daemon/assayd/document_watches.c
  daemon/assayd/documents.c
  daemon/assayd/due.c
  daemon/assayd/endorse.c
  daemon/assayd/entry.c
  daemon/assayd/evidence_get.c
  daemon/assayd/evidence_put.c
  daemon/assayd/forwarded.c
  daemon/assayd/frame.c
  daemon/assayd/gate_rows.c
  daemon/assayd/health.c
  daemon/assayd/history.c
  daemon/assayd/http.c
  daemon/assayd/http_path.c
  daemon/assayd/http_reason.c
  daemon/assayd/intake.c
  daemon/assayd/keys.c
  daemon/assayd/known_keys.c
  daemon/assayd/leader.c
  daemon/assayd/leading.c
  daemon/assayd/levels.c
  daemon/assayd/limit.c
  daemon/assayd/listener.c
  daemon/assayd/log.c
  daemon/assayd/log_files.c
  daemon/assayd/log_sweep.c
  daemon/assayd/log_writer.c
  daemon/assayd/logged_rules.c
  daemon/assayd/main_loop.c
  daemon/assayd/media_type.c
  daemon/assayd/metrics.c
  daemon/assayd/metrics_get.c
  daemon/assayd/migrate.c
  daemon/assayd/migrate_steps.c
  daemon/assayd/options.c
  daemon/assayd/periodic.c
  daemon/assayd/policy.c
  daemon/assayd/problem.c
  daemon/assayd/publish.c
  daemon/assayd/publish_log.c
  daemon/assayd/pulse.c
  daemon/assayd/query.c
  daemon/assayd/query_counts.c
  daemon/assayd/query_documents.c
  daemon/assayd/query_gate.c
  daemon/assayd/query_names.c
  daemon/assayd/receipt.c
  daemon/assayd/recover.c
  daemon/assayd/request.c
  daemon/assayd/route.c
  daemon/assayd/routes.c
  daemon/assayd/send.c
  daemon/assayd/sequence.c
  daemon/assayd/serve.c
  daemon/assayd/server.c
  daemon/assayd/service.c
  daemon/assayd/shown.c
  daemon/assayd/signer.c
  daemon/assayd/signer_client.c
  daemon/assayd/signer_serve.c
  daemon/assayd/site.c
  daemon/assayd/speeds.c
  daemon/assayd/split_view.c
  daemon/assayd/statement_get.c
  daemon/assayd/slices.c
  daemon/assayd/static.c
  daemon/assayd/static_cache.c
  daemon/assayd/store.c
  daemon/assayd/submit.c
  daemon/assayd/tray.c
  daemon/assayd/tree.c
  daemon/assayd/usage.c
  daemon/assayd/variants.c
  daemon/assayd/watches.c
  daemon/assayd/worker.c)
target_include_directories(assayd-parts PUBLIC daemon/assayd)
target_link_libraries(assayd-parts PUBLIC assay-core PkgConfig::EVENT PkgConfig::PQ
  PkgConfig::ZLIB PkgConfig::BROTLI Threads::Threads)

add_executable(assayd daemon/assayd/main.c)
target_link_libraries(assayd PRIVATE assayd-parts)
set_target_properties(assayd PROPERTIES POSITION_INDEPENDENT_CODE ON)
install(TARGETS assayd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)

# A node that knows fewer migrations than the database has does not lead.
file(GLOB ASSAY_MIGRATIONS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/migrations/????_*.sql)
list(LENGTH ASSAY_MIGRATIONS ASSAY_SCHEMA)
set_source_files_properties(daemon/assayd/sequence.c PROPERTIES
  COMPILE_DEFINITIONS ASSAY_SCHEMA=${ASSAY_SCHEMA})
