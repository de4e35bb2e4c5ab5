package io.github.subquad.peers;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.ChunkPlan;
import io.github.subquad.tensor.Tensor;

/** This library: a session with its thread count, into a tensor that is kept. */
final class SubQuadPeer implements Peer {
    static final String TITLE = "SubQuad";

    private final Problem problem;
    private final Attention attention;
    private final Tensor output;

    SubQuadPeer(Problem problem, int threads, String backend) {
        this.problem = problem;
        attention =
                Attention.open(
                        AttentionOptions.builder()
                                .causal(problem.causal())
                                .threads(threads)
                                .backend(backend)
                                .build());
        output = problem.newOutput();
    }

    /** What computes, for the head of a table. */
    static String describe(String backend) {
        try (var attention = Attention.open(AttentionOptions.builder().backend(backend).build())) {
            var device = attention.device();
            return "%s on %s (%s)".formatted(TITLE, device.address(), device.name());
        }
    }

    /** What the engine says it will take. */
    ChunkPlan plan() {
        return attention.plan(problem.shape());
    }

    @Override
    public void run() {
        attention.attendInto(
                problem.query(), problem.key(), problem.value(), problem.mask(), output, null);
    }

    @Override
    public Tensor output() {
        return output;
    }

    @Override
    public void close() {
        attention.close();
    }
}
