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
 * {@link NonLocalMeans} of one picture as one self-attention call, exactly. With
 *
 * <pre>
 *     ‖p(i) − p(j)‖² = ‖p(i)‖² − 2·p(i)·p(j) + ‖p(j)‖²
 * </pre>
 *
 * the weights exp(−‖p(i) − p(j)‖²/h²), divided by their sum, are a softmax:
 *
 * <ul>
 *   <li>‖p(i)‖² is the same for all keys of a row and cancels; left are the scores {@code
 *       (2/h²)·(p(i)·p(j) − ‖p(j)‖²/2)};
 *   <li>so the query is {@code [1, p(i)]}, the key {@code [−‖p(j)‖²/2, p(j)]}, the value the colour
 *       of pixel j, the scale 2/h². The channel of the norm comes first: where p(j) is close to
 *       p(i), and the weight counts, the partial sums of the product then run from −‖p‖²/2 to
 *       ‖p‖²/2, and not to ‖p‖² and half the way back;
 *   <li>a pixel's own weight is a bias on one key of each row. A mask of all pairs would be as
 *       large as the score matrix. But keys may come in any order: in reverse order, pixel j is key
 *       n − 1 − j, and a pixel meets itself where row plus key is n − 1. Such a mask is a view,
 *       both strides 1, of 2n − 1 numbers, all 0 but the middle one.
 * </ul>
 */
public final class Denoising {
    private final Picture noisy;
    private final PatchFeatures features;
    private final double sigma;
    private final double h;

    Denoising(Picture noisy, int patch, double sigma, double h) {
        this.noisy = noisy;
        this.features = new PatchFeatures(noisy, patch);
        this.sigma = sigma;
        this.h = h;
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
