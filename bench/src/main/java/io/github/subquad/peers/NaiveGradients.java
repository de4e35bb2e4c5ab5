package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackwardInputs;
import io.github.subquad.ChunkPlan;
import io.github.subquad.GradientOutputs;
import io.github.subquad.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Gradients in plain Java: the forward pass keeps the weights of all heads, and the backward pass
 * builds the gradients of the scores of some heads at once, first by queries, then by keys.
 */
final class NaiveGradients extends PeerGradients<NaiveWeights> {
    private final NaiveEngine engine;

    NaiveGradients(NaiveEngine engine) {
        super(engine, NaiveWeights.class);
        this.engine = engine;
    }

    @Override
    public ChunkPlan planForward(AttentionShape shape) {
        engine.plan(shape); // refuses what the peer cannot take
        return engine.fitting(
                shape,
                weights(shape),
                new ChunkPlan.Buffer("tensors as arrays", 1, NaiveEngine.tensors(shape)));
    }

    @Override
    public ChunkPlan planBackward(AttentionShape shape) {
        engine.plan(shape);
        return engine.fitting(
                shape,
                weights(shape),
                new ChunkPlan.Buffer(
                        "gradients of the scores of heads at work",
                        engine.headsAtOnce(shape),
                        NaiveEngine.scores(shape)),
                new ChunkPlan.Buffer(
                        "tensors and gradients as arrays", 2, NaiveEngine.tensors(shape)));
    }

    private static ChunkPlan.Buffer weights(AttentionShape shape) {
        return new ChunkPlan.Buffer("weights kept", shape.queryHeads(), NaiveEngine.scores(shape));
    }

    @Override
    NaiveWeights attend(AttentionInputs in, Tensor output, ChunkPlan plan) {
        long heads = plan.shape().queryHeads();
        return new NaiveWeights(
                engine.attend(in, output, plan, heads), heads * NaiveEngine.scores(plan.shape()));
    }

    @Override
    void differentiate(
            BackwardInputs inputs, GradientOutputs gradients, NaiveWeights kept, ChunkPlan plan) {
        AttentionShape s = plan.shape();
        engine.holds(plan);
        long start = System.nanoTime();
        List<float[]> given = HeadArrays.of(inputs.gradOutput());
        List<float[]> query = HeadArrays.zerosLike(gradients.query());
        List<float[]> key = HeadArrays.zerosLike(gradients.key());
        List<float[]> value = HeadArrays.zerosLike(gradients.value());
        long copied = System.nanoTime();
        float[][][] scores =
                new float[(int) engine.headsAtOnce(s)][(int) s.queryTokens()][(int) s.keyTokens()];
        List<NaiveHeadGradients> heads = new ArrayList<>();
        for (int h = 0; h < given.size(); h++) {
            int keyHead = (int) (h / s.groupSize());
            heads.add(
                    new NaiveHeadGradients(
                            kept.heads().get(h),
                            given.get(h),
                            scores[h % scores.length],
                            query.get(h),
                            key.get(keyHead),
                            value.get(keyHead)));
        }
        for (int h = 0; h < heads.size(); h += scores.length) {
            differentiate(heads.subList(h, Math.min(h + scores.length, heads.size())), plan);
        }
        long computed = System.nanoTime();
        HeadArrays.store(query, gradients.query());
        HeadArrays.store(key, gradients.key());
        HeadArrays.store(value, gradients.value());
        engine.report(computed - copied, copied - start + System.nanoTime() - computed);
    }

    /** Keys in as many runs as there are threads, since heads of a group add to the same keys. */
    private void differentiate(List<NaiveHeadGradients> heads, ChunkPlan plan) {
        long queries = plan.shape().queryTokens();
        long keys = plan.shape().keyTokens();
        int threads = plan.threads();
        engine.threads()
                .deal(
                        heads.size() * queries,
                        threads,
                        row ->
                                heads.get((int) (row / queries))
                                        .differentiateQuery((int) (row % queries)));
        engine.threads()
                .deal(
                        threads,
                        threads,
                        run ->
                                heads.forEach(
                                        head ->
                                                head.differentiateKeys(
                                                        (int) (run * keys / threads),
                                                        (int) ((run + 1) * keys / threads))));
    }
}
