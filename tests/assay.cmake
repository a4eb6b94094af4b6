# Unit tests of the runner.
assay_test(import_llama_bench assay-parts)
