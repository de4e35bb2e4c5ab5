package io.github.subquad.peers;

/** Who can take part. */
enum PeerKind {
    SUBQUAD {
        @Override
        String title() {
            return SubQuadPeer.TITLE;
        }

        @Override
        Peer open(Problem problem, int threads, String backend) {
            return new SubQuadPeer(problem, threads, backend);
        }
    },
    ONNXRUNTIME {
        @Override
        String title() {
            return OnnxRuntimePeer.title();
        }

        @Override
        Peer open(Problem problem, int threads, String backend) {
            return new OnnxRuntimePeer(problem, threads);
        }
    },
    PYTORCH {
        @Override
        String title() {
            return PyTorchPeer.title();
        }

        @Override
        Peer open(Problem problem, int threads, String backend) {
            return new PyTorchPeer(problem, threads);
        }
    };

    /** Its name and version. */
    abstract String title();

    /**
     * Makes ready to call.
     *
     * @param problem without a mask, not causal
     * @param threads of each call
     * @param backend of ours; of no concern to the others
     * @return a peer, to be closed by the caller
     */
    abstract Peer open(Problem problem, int threads, String backend);
}
