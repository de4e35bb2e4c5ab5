package io.github.subquad;

import static io.github.subquad.Case.relativeError;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Layouts of inputs and gradients are strides, not copies; types may differ. */
@Tag("contract")
@Tag("lanes")
class GradientLayoutContractTest {
    private static final long SEED = 5;
    private static final AttentionShape SHAPE = new AttentionShape(6, 6, 35, 40, 20, 20);

    static List<Subject> subjects() {
        return Subject.withOwnBackward();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void rankFourGivesRankFour(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        var call =
                new Case(
                        SHAPE,
                        c.call().query().splitDim(0, 2),
                        c.call().key().splitDim(0, 2),
                        c.call().value().splitDim(0, 2),
                        null,
                        Causal.NONE,
                        SEED);
        var split = new GradientCase(call, c.gradOutput().splitDim(0, 2)).pass(subject);
        assertThat(split.output().shape()).containsExactly(2, 3, 35, 20);
        assertThat(split.logSumExp().shape()).containsExactly(2, 3, 35);
        assertThat(split.gradients().query().shape()).containsExactly(2, 3, 35, 20);
        assertThat(split.gradients().key().shape()).containsExactly(2, 3, 40, 20);
        assertThat(split.gradients().value().shape()).containsExactly(2, 3, 40, 20);
        assertThat(split.bits()).isDeepEqualTo(c.pass(subject).bits());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void tokensBeforeHeadsAndPackedProjectionsAreViews(Subject subject) {
        Tensor packed = Case.gaussian(SEED, DataType.F32, 2, 40, 3 * 3 * 20); // q, k, v of 3 heads
        Tensor padded = Tensor.allocate(DataType.F32, 2, 40, 3, 25).fill(-7);
        Tensor gradOutput = Case.gaussian(SEED + 1, DataType.F32, 2, 35, 3, 20).permute(0, 2, 1, 3);
        Tensor query = part(packed, 0).narrow(2, 5, 35);
        Tensor key = part(packed, 1);
        Tensor value = part(packed, 2);
        var gradients =
                new AttentionGradients(
                        padded.permute(0, 2, 1, 3).narrow(2, 5, 35).narrow(3, 5, 20),
                        Tensor.allocate(DataType.F32, 2, 40, 3, 20).permute(0, 2, 1, 3),
                        Tensor.allocate(DataType.F32, 3, 40, 2, 20).permute(2, 0, 1, 3),
                        null);
        var options = AttentionOptions.DEFAULTS;
        try (Attention attention = subject.openForGradients(options);
                AttentionTape tape = attention.forward(query, key, value)) {
            tape.backwardInto(gradOutput, gradients);
            var call = new Case(SHAPE, query, key, value, null, Causal.NONE, SEED);
            var pass = new GradientCase.Pass(tape.output(), tape.logSumExp(), gradients);
            assertThat(new GradientCase(call, gradOutput).verdict(pass))
                    .matches(GradientVerdict::ok);
        }
        assertThat(padded.narrow(1, 0, 5).toFloatArray()).containsOnly(-7);
        assertThat(padded.narrow(3, 0, 5).toFloatArray()).containsOnly(-7);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void gradientsOfAPackedProjectionMayBePackedToo(Subject subject) {
        Tensor packed = Case.gaussian(SEED + 2, DataType.F32, 2, 40, 3 * 3 * 20);
        Tensor sums = Tensor.allocate(DataType.F32, 2, 40, 3 * 3 * 20).fill(-7);
        Tensor gradOutput = Case.gaussian(SEED + 3, DataType.F32, 2, 3, 40, 20);
        var call =
                new Case(
                        new AttentionShape(6, 6, 40, 40, 20, 20),
                        part(packed, 0),
                        part(packed, 1),
                        part(packed, 2),
                        null,
                        Causal.NONE,
                        SEED + 2);
        var gradients = new AttentionGradients(part(sums, 0), part(sums, 1), part(sums, 2), null);
        try (Attention attention = subject.openForGradients(AttentionOptions.DEFAULTS);
                AttentionTape tape = attention.forward(call.query(), call.key(), call.value())) {
            tape.backwardInto(gradOutput, gradients);
            var pass = new GradientCase.Pass(tape.output(), tape.logSumExp(), gradients);
            assertThat(new GradientCase(call, gradOutput).verdict(pass))
                    .matches(GradientVerdict::ok);
        }
    }

    /** {@code [batch, heads, tokens, channels]} of queries, keys or values. */
    private static Tensor part(Tensor packed, long n) {
        return packed.splitDim(2, 9).permute(0, 2, 1, 3).narrow(1, 3 * n, 3);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void arraysAndOddAddressesOfTheCallerAreTakenInPlace(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        Tensor onHeap = Tensor.of(c.call().query().toFloatArray(), c.call().query().shape());
        Tensor gradOutput = shifted(c.gradOutput());
        var call =
                new Case(
                        SHAPE,
                        onHeap,
                        shifted(c.call().key()),
                        c.call().value(),
                        null,
                        Causal.NONE,
                        SEED);
        float[][] expected = c.pass(subject).bits();
        assertThat(new GradientCase(call, gradOutput).pass(subject).bits()).isDeepEqualTo(expected);
        var into =
                new AttentionGradients(
                        Tensor.of(new float[6 * 35 * 20], 6, 35, 20),
                        shifted(c.call().key()),
                        shifted(c.call().value()),
                        null);
        try (Attention attention = subject.openForGradients(c.options().build());
                AttentionTape tape = c.forward(attention)) {
            tape.backwardInto(c.gradOutput(), into);
        }
        assertThat(new GradientCase.Pass(onHeap, onHeap, into).bits()).isDeepEqualTo(expected);
    }

    /** A copy that begins at an odd byte. */
    private static Tensor shifted(Tensor tensor) {
        MemorySegment odd = Arena.ofAuto().allocate(tensor.elements() * Float.BYTES + 3);
        long tokens = tensor.size(1);
        long channels = tensor.size(2);
        long[] strides = {tokens * channels, channels, 1};
        return Tensor.wrap(odd, 3, DataType.F32, tensor.shape(), strides).copyFrom(tensor);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void typesMayDifferAndGradientsOfKeysMayHaveTheirOwn(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        var call =
                new Case(
                        SHAPE,
                        c.call().query().to(DataType.F16),
                        c.call().key().to(DataType.BF16),
                        c.call().value(),
                        null,
                        Causal.NONE,
                        SEED);
        var mixed = new GradientCase(call, c.gradOutput().to(DataType.BF16));
        var into =
                new AttentionGradients(
                        Tensor.allocate(DataType.F32, call.query().shape()),
                        Tensor.allocate(DataType.BF16, call.key().shape()),
                        Tensor.allocate(DataType.F16, call.value().shape()),
                        null);
        for (boolean checkpoint : new boolean[] {true, false}) {
            var options = c.options().useCheckpoint(checkpoint).build();
            try (Attention attention = subject.openForGradients(options);
                    AttentionTape tape = mixed.forward(attention)) {
                tape.backwardInto(mixed.gradOutput(), into);
                var pass = new GradientCase.Pass(tape.output(), tape.logSumExp(), into);
                assertThat(mixed.verdict(pass)).matches(GradientVerdict::ok);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void gradientsOverwriteWhateverWasThere(Subject subject) {
        GradientCase c = GradientCase.of(new AttentionShape(2, 2, 9, 8, 5, 4), SEED);
        float[][] expected = c.pass(subject).bits();
        for (DataType type : List.of(DataType.F32, DataType.F16)) {
            var into =
                    new AttentionGradients(
                            Tensor.allocate(DataType.F32, c.call().query().shape()).fill(Float.NaN),
                            Tensor.allocate(type, c.call().key().shape()).fill(Float.NaN),
                            Tensor.allocate(type, c.call().value().shape()).fill(Float.NaN),
                            null);
            try (Attention attention = subject.openForGradients(c.options().build());
                    AttentionTape tape = c.forward(attention)) {
                tape.backwardInto(c.gradOutput(), into);
            }
            Tensor query = Tensor.of(expected[0], into.query().shape());
            assertThat(relativeError(into.query(), query)).isLessThan(1e-3);
            Tensor key = Tensor.of(expected[1], into.key().shape());
            assertThat(relativeError(into.key(), key)).isLessThan(1e-3);
            Tensor value = Tensor.of(expected[2], into.value().shape());
            assertThat(relativeError(into.value(), value)).isLessThan(1e-3);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void precisionRoundsTheInputsAlone(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        for (DataType precision : List.of(DataType.F16, DataType.BF16)) {
            for (boolean checkpoint : new boolean[] {true, false}) {
                var options = c.options().precision(precision).useCheckpoint(checkpoint).build();
                GradientCase.Pass pass = c.pass(subject, options);
                assertThat(pass.gradients().query().dataType()).isEqualTo(DataType.F32);
                assertThat(c.verdict(pass, options)).matches(GradientVerdict::ok);
            }
        }
    }
}
