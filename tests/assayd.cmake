# Unit tests of the server's front. They bring their own routes and their own database, so that the
# linker leaves routes.c and db.c in the library.
add_library(test-front STATIC unit/client.c unit/front.c)
target_link_libraries(test-front PUBLIC test-cases assayd-parts)

pkg_check_modules(BROTLI_DECODER REQUIRED IMPORTED_TARGET libbrotlidec)

assay_test(accept assayd-parts)
add_library(test-batch-world STATIC unit/batch_world.c)
target_link_libraries(test-batch-world PUBLIC test-ledger-world assayd-parts)
assay_test(batch test-batch-world)
target_link_options(test_batch PRIVATE -Wl,--wrap=request_answer
  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=strndup)
assay_test(batch_lines assayd-parts)
assay_test(address assayd-parts)
assay_test(coding assayd-parts PkgConfig::BROTLI_DECODER)
assay_test(confine assayd-parts)
assay_test(conn test-front)
assay_test(conn_hostile test-front)
assay_test(conn_memory test-front)
target_link_options(test_conn_memory PRIVATE
  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=strndup)
assay_test(dbhosts assayd-parts)
assay_test(http assayd-parts)
assay_test(limit assayd-parts)
assay_test(listener test-front)
assay_test(log test-front)
assay_test(route assayd-parts)
assay_test(signer assayd-parts test-tree)
assay_test(static test-front)
assay_test(static_coded test-front)
assay_test(variants assayd-parts)
target_link_options(test_variants PRIVATE
  -Wl,--wrap=rename,--wrap=unlink,--wrap=fsync,--wrap=utimensat)

# Preloaded into assayd by tests/system/files.test.mjs; never sanitized, the program brings that itself.
add_library(faulty-files MODULE system/faulty_files.c)
target_compile_definitions(faulty-files PRIVATE _GNU_SOURCE)
target_compile_options(faulty-files PRIVATE -Wall -Wextra -Wshadow -Wmissing-prototypes)

# Stands in for systemd in tests/system/service.test.mjs.
add_executable(manager system/manager.c)
target_compile_definitions(manager PRIVATE _GNU_SOURCE)
target_compile_options(manager PRIVATE -Wall -Wextra -Wshadow -Wmissing-prototypes)
