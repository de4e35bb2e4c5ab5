package io.github.subquad;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A session of attention calls over one engine and one set of options. Thread-safe; calls may run
 * side by side.
 *
 * {@snippet :
 * try (var attention = Attention.open()) {
 *     Tensor output = attention.attend(query, key, value).output();
 * }
 * }
 */
public final class Attention implements AutoCloseable {
    private final AttentionEngine engine;
    private final AttentionOptions options;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Attention(AttentionEngine engine, AttentionOptions options) {
        this.engine = engine;
        this.options = options;
    }

    /**
     * Opens a session with default options on the fastest usable device.
     *
     * @return a session
     * @throws BackendException if no device is usable
     */
    public static Attention open() {
        return open(AttentionOptions.DEFAULTS);
    }

    /**
     * Opens a session.
     *
     * @param options for all its calls
     * @return a session
     * @throws IllegalArgumentException if an option cannot be honoured
     * @throws BackendException if the device is not usable
     */
    public static Attention open(AttentionOptions options) {
        return new Attention(Backends.open(options), options);
    }

    /**
     * Opens a session over an engine of the caller's own.
     *
     * @param engine made for these options; closed with the session
     * @param options for all calls
     * @return a session
     */
    public static Attention over(AttentionEngine engine, AttentionOptions options) {
        return new Attention(engine, options);
    }

    /**
     * The device that computes.
     *
     * @return the engine's device
     */
    public Device device() {
        return engine.device();
    }

    /**
     * The options of all calls.
     *
     * @return as given
     */
    public AttentionOptions options() {
        return options;
    }

    /**
     * How a call of this shape will be cut and what memory it will take.
     *
     * @param shape sizes of a call
     * @return the plan
     * @throws IllegalArgumentException if the memory budget is too small; says the least
     */
    public ChunkPlan plan(AttentionShape shape) {
        checkOpen();
        return withRounded(engine.plan(shape));
    }

    /**
     * What the engine really held, to be compared with {@link #plan}.
     *
     * @return the most bytes beyond inputs and outputs held at once since the session was opened
     */
    public long peakBytes() {
        return engine.peakBytes();
    }

    /**
     * Those of {@link #peakBytes} that lay in a device's own memory.
     *
     * @return bytes, 0 if the engine computes in the host's memory
     */
    public long peakDeviceBytes() {
        return engine.peakDeviceBytes();
    }

    /**
     * Attends without a mask.
     *
     * @param query {@code [batch*heads, query tokens, channels]}, or rank 4 {@code [batch, heads,
     *     query tokens, channels]}; channels have stride 1
     * @param key {@code [batch*heads, key tokens, channels]}; its heads divide the query's
     * @param value {@code [batch*heads, key tokens, value channels]}
     * @return the output, and the log-sum-exp if the options ask for it, in new tensors
     * @throws IllegalArgumentException if the shapes do not fit each other, or the memory budget is
     *     too small
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     * @throws BackendException if the device fails
     */
    public AttentionResult attend(Tensor query, Tensor key, Tensor value) {
        return attend(query, key, value, null);
    }

    /**
     * Attends with a mask.
     *
     * @param query as above
     * @param key as above
     * @param value as above
     * @param mask {@code [1|batch*heads, 1|query tokens, key tokens]}, without heads, or of rank 4;
     *     numbers are added to the scaled scores, finite ones below {@link
     *     AttentionInputs#LEAST_BIAS} as that, and hide a pair where −∞; truth values ({@link
     *     DataType#BOOL}) say which pairs are visible; null for none
     * @return as above
     * @throws IllegalArgumentException as above
     */
    public AttentionResult attend(Tensor query, Tensor key, Tensor value, @Nullable Tensor mask) {
        AttentionShape shape = AttentionShape.of(query, key, value);
        long[] outputShape = outputShape(query, shape);
        Tensor output = Tensor.allocate(query.dataType(), outputShape);
        Tensor logSumExp =
                options.returnLogSumExp()
                        ? Tensor.allocate(DataType.F32, Inputs.withoutLast(outputShape))
                        : null;
        attendInto(query, key, value, mask, output, logSumExp);
        return new AttentionResult(output, logSumExp);
    }

    /**
     * Attends into tensors of the caller.
     *
     * @param query as above
     * @param key as above
     * @param value as above
     * @param mask as above
     * @param output shaped as the query with the value's channels, any number type, channels of
     *     stride 1; must not overlap an input
     * @param logSumExp shaped as output without channels, or null if not wanted
     * @throws IllegalArgumentException as above, or if output or logSumExp do not fit
     */
    public void attendInto(
            Tensor query,
            Tensor key,
            Tensor value,
            @Nullable Tensor mask,
            Tensor output,
            @Nullable Tensor logSumExp) {
        checkOpen();
        AttentionShape shape = AttentionShape.of(query, key, value);
        AttentionInputs inputs = AttentionInputs.of(query, key, value, mask, options);
        AttentionOutputs outputs =
                Outputs.checked(inputs, query.rank(), output, logSumExp, options.progress());
        Inputs.checkThreads(options.threadCount(), query, key, value, mask, output, logSumExp);
        ChunkPlan plan = plan(shape);
        if (hasNoRows(shape)) {
            return;
        }
        engine.attend(Inputs.rounded(inputs, options.precision()), outputs, plan);
    }

    /**
     * How a forward pass of this shape will be cut that keeps what its backward pass needs.
     *
     * @param shape sizes of a call
     * @return the plan; weights that are kept are among its buffers
     * @throws IllegalArgumentException if the memory budget is too small; says the least
     * @throws UnsupportedOperationException if the engine computes no gradients
     */
    public ChunkPlan planForward(AttentionShape shape) {
        checkOpen();
        return withRounded(engine.gradients().planForward(shape));
    }

    /**
     * How a backward pass of this shape will be cut.
     *
     * @param shape sizes of a call
     * @return the plan; weights that the forward pass kept are among its buffers
     * @throws IllegalArgumentException if the memory budget is too small; says the least
     * @throws UnsupportedOperationException if the engine computes no gradients
     */
    public ChunkPlan planBackward(AttentionShape shape) {
        checkOpen();
        return withRounded(engine.gradients().planBackward(shape));
    }

    private ChunkPlan withRounded(ChunkPlan plan) {
        return plan.with(Inputs.roundedBuffers(plan.shape(), options.precision()));
    }

    /**
     * Attends without a mask, and keeps what a backward pass needs.
     *
     * @param query as above
     * @param key as above
     * @param value as above
     * @return a tape, to be closed by the caller
     * @throws IllegalArgumentException as above
     * @throws UnsupportedOperationException if the engine computes no gradients
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     * @throws BackendException if the device fails
     */
    public AttentionTape forward(Tensor query, Tensor key, Tensor value) {
        return forward(query, key, value, null);
    }

    /**
     * Attends with a mask, and keeps what a backward pass needs.
     *
     * @param query as above
     * @param key as above
     * @param value as above
     * @param mask as above
     * @return a tape, to be closed by the caller
     * @throws IllegalArgumentException as above, or if the gradient of a mask of truth values is
     *     asked for
     * @throws UnsupportedOperationException if the engine computes no gradients
     */
    public AttentionTape forward(Tensor query, Tensor key, Tensor value, @Nullable Tensor mask) {
        checkOpen();
        AttentionShape shape = AttentionShape.of(query, key, value);
        AttentionInputs inputs = AttentionInputs.of(query, key, value, mask, options);
        Gradients.checkMask(options, mask);
        Inputs.checkThreads(options.threadCount(), query, key, value, mask);
        GradientEngine gradients = engine.gradients();
        ChunkPlan plan = planForward(shape);
        long[] outputShape = outputShape(query, shape);
        Tensor output = Tensor.allocate(query.dataType(), outputShape);
        Tensor logSumExp = Tensor.allocate(DataType.F32, Inputs.withoutLast(outputShape));
        AttentionOutputs outputs =
                Outputs.checked(inputs, query.rank(), output, logSumExp, options.progress());
        AttentionInputs rounded = Inputs.rounded(inputs, options.precision());
        KeptWeights kept =
                hasNoRows(shape) ? KeptWeights.NONE : gradients.forward(rounded, outputs, plan);
        var call = new AttentionCall(query, key, value, mask);
        return new AttentionTape(this, call, rounded, output, logSumExp, kept);
    }

    /** The backward pass of a tape. */
    void backward(
            AttentionCall call,
            AttentionInputs inputs,
            Tensor output,
            Tensor logSumExp,
            Tensor gradOutput,
            AttentionGradients into,
            KeptWeights kept) {
        checkOpen();
        if (into.mask() != null && !options.maskGradient()) {
            throw new IllegalArgumentException(
                    "mask gradient: expected none, since options.maskGradient is off");
        }
        BackwardInputs in = Gradients.checked(inputs, output, logSumExp, gradOutput);
        GradientOutputs out = Gradients.checked(call, in, gradOutput, into, options.progress());
        Inputs.checkThreads(
                options.threadCount(),
                gradOutput,
                into.query(),
                into.key(),
                into.value(),
                into.mask());
        AttentionShape shape = inputs.shape();
        ChunkPlan plan = planBackward(shape);
        if (hasNoRows(shape) || shape.keyTokens() == 0) {
            out.clear();
            return;
        }
        engine.gradients().backward(in, out, kept, plan);
    }

    private static boolean hasNoRows(AttentionShape shape) {
        return shape.queryHeads() == 0 || shape.queryTokens() == 0;
    }

    private static long[] outputShape(Tensor query, AttentionShape shape) {
        long[] outputShape = query.shape();
        outputShape[outputShape.length - 1] = shape.valueChannels();
        return outputShape;
    }

    /**
     * What some queries and some keys contribute to the gradients, to be added to others': so
     * chunks, devices or machines may share a backward pass.
     *
     * @param query {@code [batch*heads, query tokens, channels]} or rank 4
     * @param keyChunk {@code [batch*heads, key tokens, channels]}
     * @param valueChunk {@code [batch*heads, key tokens, value channels]}
     * @param output attention of these queries over all keys, {@code [batch*heads, query tokens,
     *     value channels]}
     * @param logSumExp of these queries over all keys, natural, {@code [batch*heads, query tokens]}
     * @param gradOutput gradient of output, in its shape
     * @param scale factor of the scores, finite
     * @return partial gradients, heads and tokens in row-major order
     * @throws IllegalArgumentException if the shapes do not fit each other
     * @throws UnsupportedOperationException if the engine computes no gradients
     */
    public AttnGradChunk differentiateChunk(
            Tensor query,
            Tensor keyChunk,
            Tensor valueChunk,
            Tensor output,
            Tensor logSumExp,
            Tensor gradOutput,
            double scale) {
        checkOpen();
        checkScale(scale);
        AttentionShape shape = AttentionShape.of(query, keyChunk, valueChunk);
        AttentionInputs inputs =
                Inputs.checked(query, keyChunk, valueChunk, null, scale, Causal.NONE);
        long[] expected = Inputs.rank4(query).shape();
        expected[3] = shape.valueChannels();
        int rank = query.rank();
        Inputs.checkThreads(
                options.threadCount(), query, keyChunk, valueChunk, output, logSumExp, gradOutput);
        var in =
                new BackwardInputs(
                        inputs,
                        Outputs.shaped("output", output, rank, expected),
                        Outputs.shaped(
                                "logSumExp", logSumExp, rank - 1, Inputs.withoutLast(expected)),
                        Outputs.shaped("gradOutput", gradOutput, rank, expected));
        return hasNoRows(shape) || shape.keyTokens() == 0
                ? AttnGradChunk.zeros(shape, false)
                : engine.gradients().differentiateChunk(in, false);
    }

    private static void checkScale(double scale) {
        if (!Double.isFinite(scale)) {
            throw new IllegalArgumentException("scale: expected a finite number, got " + scale);
        }
    }

    /**
     * What some keys contribute to some queries, to be merged with others'.
     *
     * @param query {@code [batch*heads, query tokens, channels]} or rank 4
     * @param keyChunk {@code [batch*heads, key tokens, channels]}
     * @param valueChunk {@code [batch*heads, key tokens, value channels]}
     * @param scale factor of the scores, finite
     * @return sums over these keys, rows in the order {@code [batch*heads, query tokens]}
     * @throws IllegalArgumentException if the shapes do not fit each other
     */
    public AttnChunk summarizeChunk(
            Tensor query, Tensor keyChunk, Tensor valueChunk, double scale) {
        checkOpen();
        checkScale(scale);
        Inputs.checkThreads(options.threadCount(), query, keyChunk, valueChunk);
        AttentionShape shape = AttentionShape.of(query, keyChunk, valueChunk);
        if (hasNoRows(shape)) {
            return AttnChunk.EMPTY;
        }
        return engine.summarizeChunk(
                Inputs.checked(query, keyChunk, valueChunk, null, scale, Causal.NONE));
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("this Attention is closed");
        }
    }

    /** Closes the engine; closing twice does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            engine.close();
        }
    }
}
