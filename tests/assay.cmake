# Unit tests of the runner.
add_library(test-home STATIC unit/home_fixture.c)
target_link_libraries(test-home PUBLIC test-cases assay-parts)

assay_test(args test-home)
assay_test(explain assay-parts)
assay_test(gguf assay-parts)
assay_test(hardware assay-parts)
assay_test(import test-home)
assay_test(import_llama_bench assay-parts)
assay_test(import_llama_perplexity test-home)
assay_test(spool test-home)
