package io.github.subquad;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

/**
 * A forward pass and what its backward pass needs: the inputs, the output and the log-sum-exp, and,
 * where {@link AttentionOptions#useCheckpoint()} is off, weights as far as the memory budget goes.
 * Inputs are not copied: they must stay as they are until the last backward pass has ended.
 *
 * {@snippet :
 * try (AttentionTape tape = attention.forward(query, key, value)) {
 *     AttentionGradients gradients = tape.backward(gradOutput);
 * }
 * }
 *
 * Thread-safe: passes over one tape run one after another.
 */
public final class AttentionTape implements AutoCloseable {
    private final Attention attention;
    private final AttentionCall call;
    private final AttentionInputs inputs;
    private final Tensor output;
    private final Tensor logSumExp;
    private final KeptWeights kept;
    private boolean closed;

    /**
     * A pass that has ended.
     *
     * @param attention that made it
     * @param call tensors of the caller
     * @param inputs what the engine attended, rounded if the options ask for it
     * @param output of the call, in the call's rank
     * @param logSumExp of the call
     * @param kept weights, closed with the tape
     */
    AttentionTape(
            Attention attention,
            AttentionCall call,
            AttentionInputs inputs,
            Tensor output,
            Tensor logSumExp,
            KeptWeights kept) {
        this.attention = attention;
        this.call = call;
        this.inputs = inputs;
        this.output = output;
        this.logSumExp = logSumExp;
        this.kept = kept;
    }

    /**
     * The output of the forward pass; not to be changed before the last backward pass.
     *
     * @return softmax(Q·Kᵀ·scale + mask)·V, shaped as the query with the value's channels
     */
    public Tensor output() {
        return output;
    }

    /**
     * The log-sum-exp of each row; not to be changed before the last backward pass.
     *
     * @return float32, shaped as the output without channels; −∞ for rows that see no key
     */
    public Tensor logSumExp() {
        return logSumExp;
    }

    /**
     * The weights that the tape keeps.
     *
     * @return bytes; 0 with {@link AttentionOptions#useCheckpoint()}, and once closed
     */
    public synchronized long keptBytes() {
        return closed ? 0 : kept.bytes();
    }

    /**
     * Differentiates.
     *
     * @param gradOutput gradient of a scalar with respect to {@link #output()}, in its shape; F32,
     *     F16 or BF16, channels of stride 1
     * @return gradients of the inputs, in new float32 tensors whatever the inputs' types
     * @throws IllegalArgumentException if gradOutput does not fit, or the memory budget is too
     *     small
     * @throws IllegalStateException if the tape or its session is closed
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     * @throws BackendException if the device fails
     */
    public AttentionGradients backward(Tensor gradOutput) {
        Tensor mask = attention.options().maskGradient() ? call.mask() : null;
        var gradients =
                new AttentionGradients(
                        sums(call.query()),
                        sums(call.key()),
                        sums(call.value()),
                        mask == null ? null : sums(mask));
        backwardInto(gradOutput, gradients);
        return gradients;
    }

    private static Tensor sums(Tensor like) {
        return Tensor.allocate(DataType.F32, like.shape());
    }

    /**
     * Differentiates into tensors of the caller.
     *
     * @param gradOutput as above
     * @param into shaped as the inputs, channels of stride 1; those of query and mask float32,
     *     since they are sums that grow, those of key and value any number type; must not overlap
     *     each other, an input or an output; a mask only where the options ask for its gradient
     * @throws IllegalArgumentException as above, or if a gradient does not fit
     * @throws IllegalStateException as above
     */
    public synchronized void backwardInto(Tensor gradOutput, AttentionGradients into) {
        if (closed) {
            throw new IllegalStateException("this AttentionTape is closed");
        }
        attention.backward(call, inputs, output, logSumExp, gradOutput, into, kept);
    }

    /** Frees kept weights; closing twice does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        kept.close();
    }
}
