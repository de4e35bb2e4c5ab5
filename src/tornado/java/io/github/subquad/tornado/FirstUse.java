package io.github.subquad.tornado;

import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.BackendException;
import io.github.subquad.BackwardInputs;
import io.github.subquad.Merge;
import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Compares some rows with float64 when a kernel is first used for a kind of shape on a device:
 * drivers and their compilers err, each on kernels and devices of its own.
 */
final class FirstUse {
    private static final long ROWS = 4;
    private static final long SEED = 1;

    /** Keys of the largest tile of any kernel. */
    private static final int TILE = 64;

    /** A result this many times beyond what rounding explains is wrong, not imprecise. */
    private static final double WRONG = 100;

    /** What is the same in a kernel's text, and the ways through it that a call takes. */
    private record Kind(
            String device,
            KernelStep step,
            Merge merge,
            Pass pass,
            long channels,
            long valueChannels,
            boolean masked,
            boolean causal,
            boolean grouped,
            boolean severalTiles,
            boolean chunks,
            boolean slabs) {
        static Kind of(DeviceTraits device, Layout layout, AttentionInputs in) {
            var shape = in.shape();
            return new Kind(
                    device.address(),
                    layout.step(),
                    layout.merge(),
                    layout.pass(),
                    shape.channels(),
                    shape.valueChannels(),
                    in.mask() != null,
                    !in.seesEveryKey(),
                    shape.groupSize() > 1,
                    shape.keyTokens() > TILE,
                    layout.kvChunk() < layout.keySlab(),
                    layout.hasSlabs());
        }
    }

    private static final Set<Kind> PROVEN = ConcurrentHashMap.newKeySet();

    private FirstUse() {}

    /**
     * Looks at the results of a call if it is the first of its kind.
     *
     * @throws BackendException if they are wrong
     */
    static void check(
            DeviceTraits device,
            Layout layout,
            AttentionInputs in,
            Tensor output,
            @Nullable Tensor logSumExp,
            AttentionOptions options) {
        var kind = Kind.of(device, layout, in);
        if (!options.selfCheck() || in.keyTokens() == 0 || PROVEN.contains(kind)) {
            return;
        }
        var verdict = Verdict.ofSome(in, output, logSumExp, options.precision(), SEED, ROWS);
        if (!verdict.within(WRONG)) {
            throw wrong(device, "kernel step " + layout.step().number(), verdict);
        }
        PROVEN.add(kind);
    }

    /**
     * Looks at the gradients of a call if it is the first of its kind.
     *
     * @throws BackendException if they are wrong
     */
    static void check(
            DeviceTraits device,
            Layout layout,
            BackwardInputs in,
            GradientPlaces got,
            AttentionOptions options) {
        var kind = Kind.of(device, layout, in.call());
        if (!options.selfCheck() || PROVEN.contains(kind)) {
            return;
        }
        var gradients = new AttentionGradients(got.query(), got.key(), got.value(), null);
        var verdict = GradientVerdict.ofSome(in, gradients, options.precision(), SEED, ROWS);
        if (!verdict.within(WRONG)) {
            throw wrong(device, "the backward pass", verdict);
        }
        PROVEN.add(kind);
    }

    private static BackendException wrong(DeviceTraits device, String what, Object verdict) {
        return new BackendException(
                device.address(),
                "%s gave wrong numbers in its first use: %s".formatted(what, verdict),
                "take another kernel step or device, and please report this");
    }
}
