package io.github.subquad.peers;

import org.bytedeco.openblas.presets.openblas_nolapack;

/**
 * Lets OpenBLAS itself use threads, for libraries that call it from one thread and leave the rest
 * to it. The setting is one of the process; others that share OpenBLAS with them find it at 1 again
 * once such a call is over. One such call at a time.
 */
final class OpenBlasThreads {
    private OpenBlasThreads() {}

    /** Runs a call. */
    static synchronized void during(int threads, Runnable call) {
        openblas_nolapack.blas_set_num_threads(threads);
        try {
            call.run();
        } finally {
            openblas_nolapack.blas_set_num_threads(1);
        }
    }
}
