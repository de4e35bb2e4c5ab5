package io.github.subquad.imaging;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Non-local means (Buades, Coll, Morel 2005) over all pixels of a picture, exactly, as one
 * self-attention call. Pixel i becomes
 *
 * <pre>
 *     Σⱼ w(i, j)·v(j) / Σⱼ w(i, j),   w(i, j) = exp(−‖p(i) − p(j)‖² / h²)
 * </pre>
 *
 * where v are colours and p the {@link PatchFeatures}. Its own weight would be 1 whatever the noise
 * and drown the others; it is {@code w(i, i) = exp(−2σ²/h²)}, what a pixel of the very same
 * surroundings under noise of its own can expect, for then ‖p(i) − p(j)‖² is 2σ² on average.
 *
 * <p>As attention, with {@code ‖p(i) − p(j)‖² = ‖p(i)‖² − 2·p(i)·p(j) + ‖p(j)‖²}:
 *
 * <ul>
 *   <li>‖p(i)‖² is the same for all keys of a row and cancels in the softmax; left are scores
 *       {@code (2/h²)·(p(i)·p(j) − ‖p(j)‖²/2)};
 *   <li>so the query is {@code [1, p(i)]}, the key {@code [−‖p(j)‖²/2, p(j)]}, the scale 2/h². The
 *       channel of the norm comes first: where p(j) is close to p(i), and the weight counts, the
 *       partial sums of the product then run from −‖p‖²/2 to ‖p‖²/2, not to ‖p‖² and back. In
 *       float32 the exponent is wrong by some 1e-7·‖p‖²/h²;
 *   <li>the own weight is a bias of −2σ²/h² on one key of each row. A mask with one number for each
 *       pair would be as large as the score matrix. But keys and values may come in any order: in
 *       reverse order, pixel j is key n − 1 − j, and the biased pairs are those where row plus key
 *       is n − 1. Such a mask is a view with both strides 1 of 2n − 1 numbers.
 * </ul>
 */
public final class NonLocalMeans {
    /** The side of the patch by default. */
    public static final int DEFAULT_PATCH = 5;

    /** The greatest side of a patch. */
    public static final int MAX_PATCH = 21;

    /** h in units of σ at strength 1. */
    private static final double H_PER_SIGMA = 0.7;

    private static final double MIN_STRENGTH = 0.01;
    private static final double MAX_STRENGTH = 100;

    private final Picture noisy;
    private final PatchFeatures features;
    private final double sigma;
    private final double h;

    private NonLocalMeans(Picture noisy, PatchFeatures features, double sigma, double h) {
        this.noisy = noisy;
        this.features = features;
        this.sigma = sigma;
        this.h = h;
    }

    /**
     * Prepares to denoise a picture.
     *
     * @param noisy at least 3 × 3 pixels
     * @param patch side of the square that is compared, odd, 1 to {@value #MAX_PATCH}
     * @param strength 1 for the strength that suits the noise found in the picture; more smooths
     *     more; 0.01 to 100
     * @return the denoising, nothing computed yet but the noise
     * @throws IllegalArgumentException if an argument is outside its range
     */
    public static NonLocalMeans of(Picture noisy, int patch, double strength) {
        if (patch < 1 || patch > MAX_PATCH || patch % 2 == 0) {
            throw new IllegalArgumentException(
                    "patch: expected an odd number from 1 to %d, got %d"
                            .formatted(MAX_PATCH, patch));
        }
        if (!(strength >= MIN_STRENGTH && strength <= MAX_STRENGTH)) {
            throw new IllegalArgumentException(
                    "strength: expected a number from %s to %s, got %s"
                            .formatted(MIN_STRENGTH, MAX_STRENGTH, strength));
        }
        double sigma = NoiseEstimate.sigma(noisy);
        return new NonLocalMeans(
                noisy, new PatchFeatures(noisy, patch), sigma, strength * H_PER_SIGMA * sigma);
    }

    /**
     * The standard deviation of the noise, estimated.
     *
     * @return in units of the range of a sample
     */
    public double sigma() {
        return sigma;
    }

    /**
     * The h of the formula.
     *
     * @return in units of the range of a sample
     */
    public double h() {
        return h;
    }

    /**
     * The sizes of the attention call.
     *
     * @return one head, a token for each pixel, a channel for each feature and one for the norm
     */
    public AttentionShape shape() {
        long pixels = noisy.pixels();
        return new AttentionShape(1, 1, pixels, pixels, features.channels() + 1, noisy.colours());
    }

    /**
     * The memory of the tensors of the call: query, key, value, mask and output.
     *
     * @return bytes
     */
    public long tensorBytes() {
        AttentionShape shape = shape();
        long inputs = 2 * shape.channels() + shape.valueChannels();
        return 4 * (shape.keyTokens() * (inputs + shape.valueChannels()) + maskNumbers());
    }

    private long maskNumbers() {
        return 2L * noisy.pixels() - 1;
    }

    /**
     * The options of the session that {@link #denoise} wants.
     *
     * @param engine options of which backend, device, threads, chunk sizes, budget, progress count
     * @return the same with the scale and causality of this denoising
     */
    public AttentionOptions options(AttentionOptions engine) {
        return engine.toBuilder().scale(2 / (h * h)).causal(Causal.NONE).build();
    }

    /**
     * Denoises the picture.
     *
     * @param attention a session opened with {@link #options}
     * @return a picture of the same size, depth and alpha
     * @throws IllegalArgumentException if the session has another scale
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public Picture denoise(Attention attention) {
        return noisy.withColours(colours(attention));
    }

    /** The denoised colours before they are rounded, {@code [1, pixels, colours]}. */
    Tensor colours(Attention attention) {
        if (!options(attention.options()).equals(attention.options())) {
            throw new IllegalArgumentException(
                    "attention: expected a session opened with the options of this denoising");
        }
        AttentionShape shape = shape();
        long pixels = shape.keyTokens();
        try (Arena arena = Arena.ofShared()) {
            Tensor query = Tensor.allocate(arena, DataType.F32, 1, pixels, shape.channels());
            Tensor key = Tensor.allocate(arena, DataType.F32, 1, pixels, shape.channels());
            Tensor value = Tensor.allocate(arena, DataType.F32, 1, pixels, noisy.colours());
            fill(query, key, value);
            return attention.attend(query, key, value, ownWeights(arena)).output();
        }
    }

    private void fill(Tensor query, Tensor key, Tensor value) {
        float[] row = new float[features.channels() + 1];
        float[] colour = new float[noisy.colours()];
        for (int pixel = 0; pixel < noisy.pixels(); pixel++) {
            int x = pixel % noisy.width();
            int y = pixel / noisy.width();
            int reversed = noisy.pixels() - 1 - pixel;
            features.of(x, y, row, 1);
            row[0] = (float) (-0.5 * squaredNorm(row));
            store(row, key, reversed);
            row[0] = 1;
            store(row, query, pixel);
            for (int c = 0; c < colour.length; c++) {
                colour[c] = noisy.sample(x, y, c);
            }
            store(colour, value, reversed);
        }
    }

    /** Of the features as they were rounded, which stand behind the first channel. */
    private static double squaredNorm(float[] row) {
        double sum = 0;
        for (int c = 1; c < row.length; c++) {
            sum += (double) row[c] * row[c];
        }
        return sum;
    }

    private static void store(float[] row, Tensor tensor, long token) {
        long at = tensor.byteOffset(0, token, 0);
        MemorySegment.copy(row, 0, tensor.segment(), ValueLayout.JAVA_FLOAT, at, row.length);
    }

    /** The bias of each pair, {@code [1, pixels, pixels]}: 0 but where a pixel meets itself. */
    private Tensor ownWeights(Arena arena) {
        long pixels = noisy.pixels();
        Tensor diagonals = Tensor.allocate(arena, DataType.F32, maskNumbers());
        diagonals.set((float) (-2 * sigma * sigma / (h * h)), pixels - 1);
        return Tensor.wrap(
                diagonals.segment(),
                diagonals.byteOffset(),
                DataType.F32,
                new long[] {1, pixels, pixels},
                new long[] {0, 1, 1});
    }
}
