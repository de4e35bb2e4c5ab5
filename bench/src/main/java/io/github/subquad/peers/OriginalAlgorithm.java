package io.github.subquad.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * {@code efficient_dot_product_attention} with the operators of the original, in its order. Tensors
 * are freed where Python would let go of them: each step has a scope of its own, and what it gives
 * stays in the scope around it.
 *
 * @param scale factor of the scores
 * @param queryChunkSize query tokens of a chunk
 * @param kvChunkSize key tokens of a chunk
 */
record OriginalAlgorithm(double scale, long queryChunkSize, long kvChunkSize) {
    /** The partial states of some keys: values, sums of weights and maxima, as in the original. */
    private record AttnChunk(Tensor expValues, Tensor expWeightsSum, Tensor maxScore) {}

    /**
     * Attends all queries to all keys.
     *
     * @param query {@code [batch*heads, query tokens, channels]}
     * @param key {@code [batch*heads, key tokens, channels]}
     * @param value {@code [batch*heads, key tokens, value channels]}
     * @return {@code [batch*heads, query tokens, value channels]}, in the scope of the caller
     */
    Tensor attend(Tensor query, Tensor key, Tensor value) {
        Tensor keyT = key.transpose(1, 2);
        long tokens = query.size(1);
        if (tokens <= queryChunkSize) {
            return attendKeys(query, keyT, value);
        }
        var chunks = new TensorVector();
        for (long start = 0; start < tokens; start += queryChunkSize) {
            chunks.push_back(attendKeys(narrowTrunc(query, 1, start, queryChunkSize), keyT, value));
        }
        return torch.cat(chunks, 1);
    }

    private Tensor attendKeys(Tensor query, Tensor keyT, Tensor value) {
        PointerScope outer = PointerScope.getInnerScope();
        try (var _ = new PointerScope()) {
            Tensor result =
                    keyT.size(2) <= kvChunkSize
                            ? attendAtOnce(query, keyT, value)
                            : attendInChunks(query, keyT, value);
            outer.attach(result);
            return result;
        }
    }

    /** One chunk covers all keys: there is nothing to merge. */
    private Tensor attendAtOnce(Tensor query, Tensor keyT, Tensor value) {
        return torch.bmm(scores(query, keyT).softmax(-1), value);
    }

    private Tensor attendInChunks(Tensor query, Tensor keyT, Tensor value) {
        var allValues = new TensorVector();
        var allWeights = new TensorVector();
        var allMaxima = new TensorVector();
        for (long start = 0; start < keyT.size(2); start += kvChunkSize) {
            try (var _ = new PointerScope()) {
                AttnChunk chunk =
                        summarizeChunk(
                                query,
                                narrowTrunc(keyT, 2, start, kvChunkSize),
                                narrowTrunc(value, 1, start, kvChunkSize));
                allValues.push_back(chunk.expValues);
                allWeights.push_back(chunk.expWeightsSum);
                allMaxima.push_back(chunk.maxScore);
            }
        }
        return merged(
                new AttnChunk(
                        torch.stack(allValues), torch.stack(allWeights), torch.stack(allMaxima)));
    }

    private AttnChunk summarizeChunk(Tensor query, Tensor keyT, Tensor value) {
        Tensor scores = scores(query, keyT);
        Tensor maxScore = torch.max(scores, -1, true).get0().detach();
        Tensor weights = torch.exp(scores.sub(maxScore));
        Tensor expValues = torch.bmm(weights, value);
        return new AttnChunk(expValues, weights.sum(-1), maxScore.squeeze(-1));
    }

    /** All chunks at once, {@code [chunks, batch*heads, query tokens(, value channels)]}. */
    private static Tensor merged(AttnChunk chunks) {
        Tensor globalMax = torch.max(chunks.maxScore, 0, true).get0();
        Tensor maxDiffs = torch.exp(chunks.maxScore.sub(globalMax));
        chunks.expValues.mul_(maxDiffs.unsqueeze(-1));
        chunks.expWeightsSum.mul_(maxDiffs);
        Tensor values = sumOfFirst(chunks.expValues);
        Tensor weights = sumOfFirst(chunks.expWeightsSum.unsqueeze(-1));
        return values.div(weights);
    }

    private Tensor scores(Tensor query, Tensor keyT) {
        Tensor nothing = torch.empty(1, 1, 1);
        return torch.baddbmm(nothing, query, keyT, new Scalar(0.0), new Scalar(scale));
    }

    private static Tensor sumOfFirst(Tensor tensor) {
        return tensor.sum(new long[] {0}, false, new ScalarTypeOptional());
    }

    private static Tensor narrowTrunc(Tensor input, int dim, long start, long length) {
        return input.narrow(dim, start, Math.min(length, input.size(dim) - start));
    }
}
