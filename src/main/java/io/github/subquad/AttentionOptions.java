package io.github.subquad;

import io.github.subquad.tensor.DataType;

import org.jspecify.annotations.Nullable;

/**
 * How to attend; immutable. Null means "not given": the engine chooses as described.
 *
 * @param queryChunkSize query rows handled together, at most; not given: 1024 in staged engines,
 *     the engine's own in fused ones
 * @param kvChunkSize keys handled together, at most; not given: ⌊√key tokens⌋ where chunks are
 *     merged on the host, the engine's own elsewhere
 * @param kvChunkSizeMin least {@code kvChunkSize} that a staged engine chooses; counts only where
 *     {@code kvChunkSize} is not given
 * @param useCheckpoint whether a backward pass recomputes all weights, chunk by chunk, from the
 *     log-sum-exp. If not, {@link Attention#forward} keeps weights as far as the memory budget
 *     goes, and the backward pass recomputes the rest
 * @param scale factor of the scores, finite; not given: 1/√channels
 * @param causal which keys are visible by position
 * @param memoryBudget bytes beyond inputs and outputs; not given: no limit. Chunks that shrink to
 *     fit change the last bits of results
 * @param returnLogSumExp whether results hold the log-sum-exp of each row
 * @param maskGradient whether backward passes give the gradient of an additive mask too
 * @param threads host threads, at least 1; not given: all processors
 * @param backend name of a backend, or {@code auto} for the fastest usable
 * @param device id or part of the name of one of its devices; not given: its first usable
 * @param precision storage type to which wider inputs are rounded before the products (sums are
 *     float32 always); not given: the inputs' own
 * @param kernel the form of evaluation
 * @param kernelStep step on the ladder of a device engine's kernels, from 1, the plain one; not
 *     given: the fastest of that form. Other engines have no ladder
 * @param merge where a staged device engine merges chunks
 * @param selfCheck whether a device engine compares some rows with float64 when it first uses a
 *     kernel for a kind of shape
 * @param progress told how far a call has come
 * @param timing told where the time of a call went
 */
public record AttentionOptions(
        @Nullable Integer queryChunkSize,
        @Nullable Integer kvChunkSize,
        @Nullable Integer kvChunkSizeMin,
        boolean useCheckpoint,
        @Nullable Double scale,
        Causal causal,
        @Nullable MemoryBudget memoryBudget,
        boolean returnLogSumExp,
        boolean maskGradient,
        @Nullable Integer threads,
        String backend,
        @Nullable String device,
        @Nullable DataType precision,
        Kernel kernel,
        @Nullable Integer kernelStep,
        Merge merge,
        boolean selfCheck,
        ProgressListener progress,
        TimingListener timing) {
    /** Query rows of a chunk where a staged engine is not told. */
    public static final int DEFAULT_QUERY_CHUNK_SIZE = 1024;

    /** The backend name that stands for the fastest usable. */
    public static final String AUTO_BACKEND = "auto";

    /** Everything as by default. */
    public static final AttentionOptions DEFAULTS = builder().build();

    /** Checks each value. */
    public AttentionOptions {
        positive("queryChunkSize", queryChunkSize);
        positive("kvChunkSize", kvChunkSize);
        positive("kvChunkSizeMin", kvChunkSizeMin);
        positive("threads", threads);
        positive("kernelStep", kernelStep);
        if (scale != null && !Float.isFinite(scale.floatValue())) {
            throw new IllegalArgumentException("scale: expected a finite number, got " + scale);
        }
        if (precision != null && !precision.isFloat()) {
            throw new IllegalArgumentException(
                    "precision: expected F32, F16 or BF16, got " + precision);
        }
        if (backend.isBlank()) {
            throw new IllegalArgumentException("backend: expected a name or 'auto', got nothing");
        }
    }

    private static void positive(String name, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(
                    "%s: expected at least 1, got %d".formatted(name, value));
        }
    }

    /**
     * The factor of the scores.
     *
     * @param channels of query and key, at least 1
     * @return the scale given, else 1/√channels
     */
    public double scaleFor(long channels) {
        return scale != null ? scale : 1 / Math.sqrt(channels);
    }

    /**
     * The number of host threads.
     *
     * @return the number given, else all processors
     */
    public int threadCount() {
        return threads != null ? threads : Runtime.getRuntime().availableProcessors();
    }

    /**
     * Starts from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts from these options.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects options; each method sets the option of its name and returns this builder. */
    public static final class Builder {
        private @Nullable Integer queryChunkSize;
        private @Nullable Integer kvChunkSize;
        private @Nullable Integer kvChunkSizeMin;
        private boolean useCheckpoint = true;
        private @Nullable Double scale;
        private Causal causal = Causal.NONE;
        private @Nullable MemoryBudget memoryBudget;
        private boolean returnLogSumExp;
        private boolean maskGradient;
        private @Nullable Integer threads;
        private String backend = AUTO_BACKEND;
        private @Nullable String device;
        private @Nullable DataType precision;
        private Kernel kernel = Kernel.AUTO;
        private @Nullable Integer kernelStep;
        private Merge merge = Merge.DEVICE;
        private boolean selfCheck = true;
        private ProgressListener progress = ProgressListener.NONE;
        private TimingListener timing = TimingListener.NONE;

        private Builder() {}

        private Builder(AttentionOptions from) {
            queryChunkSize = from.queryChunkSize;
            kvChunkSize = from.kvChunkSize;
            kvChunkSizeMin = from.kvChunkSizeMin;
            useCheckpoint = from.useCheckpoint;
            scale = from.scale;
            causal = from.causal;
            memoryBudget = from.memoryBudget;
            returnLogSumExp = from.returnLogSumExp;
            maskGradient = from.maskGradient;
            threads = from.threads;
            backend = from.backend;
            device = from.device;
            precision = from.precision;
            kernel = from.kernel;
            kernelStep = from.kernelStep;
            merge = from.merge;
            selfCheck = from.selfCheck;
            progress = from.progress;
            timing = from.timing;
        }

        /**
         * Sets {@link AttentionOptions#queryChunkSize()}.
         *
         * @param value at least 1, or null
         * @return this
         */
        public Builder queryChunkSize(@Nullable Integer value) {
            queryChunkSize = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#kvChunkSize()}.
         *
         * @param value at least 1, or null
         * @return this
         */
        public Builder kvChunkSize(@Nullable Integer value) {
            kvChunkSize = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#kvChunkSizeMin()}.
         *
         * @param value at least 1, or null
         * @return this
         */
        public Builder kvChunkSizeMin(@Nullable Integer value) {
            kvChunkSizeMin = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#useCheckpoint()}.
         *
         * @param value true by default
         * @return this
         */
        public Builder useCheckpoint(boolean value) {
            useCheckpoint = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#scale()}.
         *
         * @param value finite, or null
         * @return this
         */
        public Builder scale(@Nullable Double value) {
            scale = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#causal()}.
         *
         * @param value NONE by default
         * @return this
         */
        public Builder causal(Causal value) {
            causal = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#memoryBudget()}.
         *
         * @param value a budget, or null for no limit
         * @return this
         */
        public Builder memoryBudget(@Nullable MemoryBudget value) {
            memoryBudget = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#returnLogSumExp()}.
         *
         * @param value false by default
         * @return this
         */
        public Builder returnLogSumExp(boolean value) {
            returnLogSumExp = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#maskGradient()}.
         *
         * @param value false by default
         * @return this
         */
        public Builder maskGradient(boolean value) {
            maskGradient = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#threads()}.
         *
         * @param value at least 1, or null for all processors
         * @return this
         */
        public Builder threads(@Nullable Integer value) {
            threads = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#backend()}.
         *
         * @param value a backend's name, or auto
         * @return this
         */
        public Builder backend(String value) {
            backend = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#device()}.
         *
         * @param value id or part of a name, or null
         * @return this
         */
        public Builder device(@Nullable String value) {
            device = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#precision()}.
         *
         * @param value F32, F16, BF16, or null
         * @return this
         */
        public Builder precision(@Nullable DataType value) {
            precision = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#kernel()}.
         *
         * @param value AUTO by default
         * @return this
         */
        public Builder kernel(Kernel value) {
            kernel = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#kernelStep()}.
         *
         * @param value at least 1, or null
         * @return this
         */
        public Builder kernelStep(@Nullable Integer value) {
            kernelStep = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#merge()}.
         *
         * @param value DEVICE by default
         * @return this
         */
        public Builder merge(Merge value) {
            merge = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#selfCheck()}.
         *
         * @param value true by default
         * @return this
         */
        public Builder selfCheck(boolean value) {
            selfCheck = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#progress()}.
         *
         * @param value NONE by default
         * @return this
         */
        public Builder progress(ProgressListener value) {
            progress = value;
            return this;
        }

        /**
         * Sets {@link AttentionOptions#timing()}.
         *
         * @param value NONE by default
         * @return this
         */
        public Builder timing(TimingListener value) {
            timing = value;
            return this;
        }

        /**
         * Checks and freezes the options.
         *
         * @return the options
         * @throws IllegalArgumentException naming the first option out of range
         */
        public AttentionOptions build() {
            return new AttentionOptions(
                    queryChunkSize,
                    kvChunkSize,
                    kvChunkSizeMin,
                    useCheckpoint,
                    scale,
                    causal,
                    memoryBudget,
                    returnLogSumExp,
                    maskGradient,
                    threads,
                    backend,
                    device,
                    precision,
                    kernel,
                    kernelStep,
                    merge,
                    selfCheck,
                    progress,
                    timing);
        }
    }
}
