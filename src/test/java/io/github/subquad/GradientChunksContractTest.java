package io.github.subquad;

import static io.github.subquad.Case.relativeError;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Parts of a backward pass, made apart, add up to the whole. */
@Tag("contract")
@Tag("lanes")
class GradientChunksContractTest {
    private static final long SEED = 13;
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 70, 91, 20, 12);
    private static final double SCALE = 0.3;

    static List<Subject> subjects() {
        return Subject.withOwnBackward();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void chunksOfQueriesAndKeysAddUpToTheWhole(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        try (Attention attention = subject.openForGradients(c.options().scale(SCALE).build())) {
            GradientCase.Pass whole = c.pass(attention);
            for (int[] sizes : new int[][] {{70, 91}, {70, 25}, {32, 91}, {33, 64}}) {
                AttentionGradients sums = sum(attention, c, whole, sizes[0], sizes[1]);
                assertClose(sums.query(), whole.gradients().query());
                assertClose(sums.key(), whole.gradients().key());
                assertClose(sums.value(), whole.gradients().value());
            }
        }
    }

    private static void assertClose(Tensor got, Tensor expected) {
        assertThat(relativeError(got, expected)).isLessThanOrEqualTo(2e-6);
    }

    /** Each pair of chunks knows its own tensors, and output and log-sum-exp of its queries. */
    private static AttentionGradients sum(
            Attention attention, GradientCase c, GradientCase.Pass whole, int rows, int keys) {
        AttentionGradients sums =
                new AttentionGradients(
                        Tensor.allocate(DataType.F32, c.call().query().shape()),
                        Tensor.allocate(DataType.F32, c.call().key().shape()),
                        Tensor.allocate(DataType.F32, c.call().value().shape()),
                        null);
        for (long i = 0; i < SHAPE.queryTokens(); i += rows) {
            for (long j = 0; j < SHAPE.keyTokens(); j += keys) {
                AttnGradChunk part =
                        attention.differentiateChunk(
                                chunk(c.call().query(), i, rows),
                                chunk(c.call().key(), j, keys),
                                chunk(c.call().value(), j, keys),
                                chunk(whole.output(), i, rows),
                                chunk(whole.logSumExp(), i, rows),
                                chunk(c.gradOutput(), i, rows),
                                SCALE);
                add(part.query(), chunk(sums.query(), i, rows));
                add(part.key(), chunk(sums.key(), j, keys));
                add(part.value(), chunk(sums.value(), j, keys));
                assertThat(part.mask()).isNull();
            }
        }
        return sums;
    }

    private static Tensor chunk(Tensor tensor, long start, long size) {
        return SubQuadraticAttention.narrowTrunc(tensor, 1, start, size);
    }

    private static void add(float[] part, Tensor sums) {
        sums.addFrom(Tensor.of(part, sums.shape()));
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aChunkOfRankFourIsThatOfRankThree(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        try (Attention attention = subject.openForGradients(c.options().scale(SCALE).build())) {
            GradientCase.Pass whole = c.pass(attention);
            AttnGradChunk three =
                    attention.differentiateChunk(
                            c.call().query(),
                            c.call().key(),
                            c.call().value(),
                            whole.output(),
                            whole.logSumExp(),
                            c.gradOutput(),
                            SCALE);
            AttnGradChunk four =
                    attention.differentiateChunk(
                            c.call().query().splitDim(0, 2),
                            c.call().key().splitDim(0, 2),
                            c.call().value().splitDim(0, 2),
                            whole.output().splitDim(0, 2),
                            whole.logSumExp().splitDim(0, 2),
                            c.gradOutput().splitDim(0, 2),
                            SCALE);
            assertThat(four).isEqualTo(three);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void whatDoesNotFitIsNamed(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        Case call = c.call();
        try (Attention attention = subject.openForGradients(c.options().build())) {
            GradientCase.Pass whole = c.pass(attention);
            assertThatThrownBy(
                            () ->
                                    attention.differentiateChunk(
                                            call.query(),
                                            call.key(),
                                            call.value(),
                                            whole.output().narrow(1, 0, 69),
                                            whole.logSumExp(),
                                            c.gradOutput(),
                                            SCALE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("output: expected shape [4, 70, 12], got ");
            assertThatThrownBy(
                            () ->
                                    attention.differentiateChunk(
                                            call.query(),
                                            call.key(),
                                            call.value(),
                                            whole.output(),
                                            whole.output(),
                                            c.gradOutput(),
                                            SCALE))
                    .hasMessageStartingWith("logSumExp: expected shape [4, 70], got ");
            assertThatThrownBy(
                            () ->
                                    attention.differentiateChunk(
                                            call.query(),
                                            call.key(),
                                            call.value(),
                                            whole.output(),
                                            whole.logSumExp(),
                                            call.query(),
                                            SCALE))
                    .hasMessageStartingWith("gradOutput: expected shape [4, 70, 12], got ");
            assertThatThrownBy(
                            () ->
                                    attention.differentiateChunk(
                                            call.query(),
                                            call.key(),
                                            call.value(),
                                            whole.output(),
                                            whole.logSumExp(),
                                            c.gradOutput(),
                                            Double.NaN))
                    .hasMessage("scale: expected a finite number, got NaN");
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void anEmptyChunkIsZeros(Subject subject) {
        GradientCase c = GradientCase.of(SHAPE, SEED);
        try (Attention attention = subject.openForGradients(c.options().build())) {
            GradientCase.Pass whole = c.pass(attention);
            AttnGradChunk part =
                    attention.differentiateChunk(
                            c.call().query(),
                            c.call().key().narrow(1, 0, 0),
                            c.call().value().narrow(1, 0, 0),
                            whole.output(),
                            whole.logSumExp(),
                            c.gradOutput(),
                            SCALE);
            assertThat(part).isEqualTo(AttnGradChunk.zeros(SHAPE.withTokens(70, 0), false));
        }
    }
}
