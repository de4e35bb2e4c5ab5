package io.github.subquad;

import static io.github.subquad.Case.logSumExp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Layouts are strides, not copies, and give the same numbers. */
@Tag("contract")
@Tag("lanes")
class LayoutContractTest {
    private static final long SEED = 5;
    private static final AttentionShape SHAPE = new AttentionShape(6, 6, 70, 90, 20, 20);

    static List<Subject> subjects() {
        return Subject.all();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void rankFourGivesRankFour(Subject subject) {
        Case c = Case.of(SHAPE, SEED);
        float[] expected = c.attend(subject).output().toFloatArray();
        try (Attention attention = subject.open(c.options().build())) {
            AttentionResult result =
                    attention.attend(
                            c.query().splitDim(0, 2),
                            c.key().splitDim(0, 2),
                            c.value().splitDim(0, 2));
            assertThat(result.output().shape()).containsExactly(2, 3, 70, 20);
            assertThat(logSumExp(result).shape()).containsExactly(2, 3, 70);
            assertThat(result.output().toFloatArray()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void tokensBeforeHeadsAndPackedProjectionsAreViews(Subject subject) {
        Tensor packed =
                Case.gaussian(SEED, DataType.F32, 2, 90, 3 * 3 * 20); // q, k and v of 3 heads
        Tensor heads =
                packed.splitDim(2, 9).permute(0, 2, 1, 3); // [batch, 3·heads, tokens, channels]
        Tensor query = heads.narrow(1, 0, 3).narrow(2, 20, 70);
        Tensor key = heads.narrow(1, 3, 3);
        Tensor value = heads.narrow(1, 6, 3);
        Tensor output = Tensor.allocate(DataType.F32, 2, 70, 3, 20).permute(0, 2, 1, 3);
        try (Attention attention = subject.open(AttentionOptions.DEFAULTS)) {
            attention.attendInto(query, key, value, null, output, null);
        }
        var inputs = AttentionInputs.of(query, key, value, null, AttentionOptions.DEFAULTS);
        assertThat(Verdict.of(inputs, output, null, null, SEED)).matches(Verdict::ok);
        assertThat(inputs.key().segment()).isSameAs(packed.segment());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void headsMayBeExpanded(Subject subject) {
        Case c = Case.of(new AttentionShape(6, 1, 70, 90, 20, 20), SEED);
        Tensor key = c.key().expand(0, 6);
        Tensor value = c.value().expand(0, 6);
        try (Attention attention = subject.open(c.options().build())) {
            assertThat(attention.attend(c.query(), key, value).output().toFloatArray())
                    .isEqualTo(c.attend(subject).output().toFloatArray());
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void arraysAndOddAddressesOfTheCallerAreTakenInPlace(Subject subject) {
        Case c = Case.of(SHAPE, SEED);
        Tensor onHeap =
                Tensor.wrap(
                        MemorySegment.ofArray(c.query().toFloatArray()),
                        DataType.F32,
                        c.query().shape());
        MemorySegment odd = Arena.ofAuto().allocate(c.key().elements() * 4 + 3);
        Tensor shifted =
                Tensor.wrap(odd, 3, DataType.F32, c.key().shape(), new long[] {90 * 20, 20, 1})
                        .copyFrom(c.key());
        try (Attention attention = subject.open(c.options().build())) {
            assertThat(attention.attend(onHeap, shifted, c.value()).output().toFloatArray())
                    .isEqualTo(c.attend(subject).output().toFloatArray());
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void typesMayDifferAndTheOutputMayHaveItsOwn(Subject subject) {
        Case c = Case.of(SHAPE, SEED);
        Tensor key = c.key().to(DataType.BF16);
        Tensor value = c.value().to(DataType.F16);
        Tensor output = Tensor.allocate(DataType.BF16, c.query().shape());
        try (Attention attention = subject.open(AttentionOptions.DEFAULTS)) {
            attention.attendInto(c.query(), key, value, null, output, null);
        }
        var inputs = AttentionInputs.of(c.query(), key, value, null, AttentionOptions.DEFAULTS);
        assertThat(Verdict.of(inputs, output, null, null, SEED)).matches(Verdict::ok);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void precisionRoundsTheInputsAndKeepsTheOutputsType(Subject subject) {
        Case c = Case.of(SHAPE, SEED);
        for (DataType precision : List.of(DataType.F16, DataType.BF16)) {
            var options = c.options().precision(precision).build();
            AttentionResult rounded = c.attend(subject, options);
            assertThat(rounded.output().dataType()).isEqualTo(DataType.F32);
            assertThat(c.verdict(rounded, options)).matches(Verdict::ok);
            assertThat(rounded.output().toFloatArray())
                    .isEqualTo(attendRounded(subject, c, precision));
        }
    }

    private static float[] attendRounded(Subject subject, Case c, DataType precision) {
        Tensor output = Tensor.allocate(DataType.F32, c.query().shape());
        try (Attention attention = subject.open(c.options().build())) {
            attention.attendInto(
                    c.query().to(precision),
                    c.key().to(precision),
                    c.value().to(precision),
                    null,
                    output,
                    null);
        }
        return output.toFloatArray();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void whatDoesNotFitIsNamed(Subject subject) {
        Case c = Case.of(SHAPE, SEED);
        Tensor output = Tensor.allocate(DataType.F32, 6, 70, 20);
        try (Attention a = subject.open(c.options().threads(2).build());
                Arena confined = Arena.ofConfined()) {
            assertThatThrownBy(() -> a.attend(c.query().permute(0, 2, 1), c.key(), c.value()))
                    .hasMessageContaining("key: expected the query's channels 70, got 20");
            assertThatThrownBy(() -> a.attend(c.query(), c.key(), c.value().narrow(1, 0, 89)))
                    .hasMessageContaining("value: expected the key's tokens 90, got 89");
            assertThatThrownBy(() -> a.attend(c.query().narrow(0, 0, 5), c.key(), c.value()))
                    .hasMessageContaining(
                            "query heads: expected a multiple of the 6 key heads, got 5");
            assertThatThrownBy(
                            () ->
                                    a.attendInto(
                                            c.query(), c.key(), c.value(), null, c.value(), null))
                    .hasMessageContaining("output: expected shape [6, 70, 20]");
            assertThatThrownBy(() -> a.attendInto(output, c.key(), c.value(), null, output, null))
                    .hasMessageContaining("output: must not overlap an input");
            assertThatThrownBy(
                            () ->
                                    a.attend(
                                            c.query(),
                                            c.key(),
                                            c.value(),
                                            Tensor.allocate(DataType.BOOL, 1, 70, 91)))
                    .hasMessageContaining("mask: expected [1|6, 1|70, 90]");
            Tensor mask = Tensor.allocate(DataType.F32, 6, 70, 90);
            assertThatThrownBy(
                            () ->
                                    a.attendInto(
                                            c.query(),
                                            c.key(),
                                            c.value(),
                                            mask,
                                            mask.narrow(2, 0, 20),
                                            null))
                    .hasMessageContaining("output: must not overlap an input");
            assertThatThrownBy(
                            () ->
                                    a.attendInto(
                                            c.query(),
                                            c.key(),
                                            c.value(),
                                            null,
                                            output.narrow(0, 0, 1).expand(0, 6),
                                            null))
                    .hasMessageContaining("output: expected a place for each element");
            Tensor own = Tensor.allocate(confined, DataType.F32, 6, 70, 20);
            assertThatThrownBy(() -> a.attend(own, c.key(), c.value()))
                    .hasMessageContaining("confined arena");
        }
    }
}
