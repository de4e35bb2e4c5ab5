package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.reference.GradientVerdict;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Tapes and sessions: progress, cancellation, failures, threads, close. */
@Tag("contract")
@Tag("lanes")
class GradientSessionContractTest {
    private static final long SEED = 3;

    private static final List<AttentionShape> SHAPES =
            List.of(
                    new AttentionShape(4, 2, 66, 70, 8, 10),
                    new AttentionShape(4, 2, 3, 150, 8, 10),
                    new AttentionShape(2, 1, 150, 3, 8, 8));

    /** With and without kept weights. */
    static Stream<Arguments> subjects() {
        return Subject.withOwnBackward().stream()
                .flatMap(s -> Stream.of(Arguments.of(s, true), Arguments.of(s, false)));
    }

    private static AttentionOptions.Builder options(boolean checkpoint) {
        return AttentionOptions.builder().threads(2).useCheckpoint(checkpoint);
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void reportsProgressUpToTheLastKey(Subject subject, boolean checkpoint) {
        for (AttentionShape shape : SHAPES) {
            List<Long> heard = Collections.synchronizedList(new ArrayList<>());
            List<Long> totals = Collections.synchronizedList(new ArrayList<>());
            GradientCase c = GradientCase.of(shape, SEED);
            var options =
                    options(checkpoint)
                            .kvChunkSize(64)
                            .progress(
                                    (done, total) -> {
                                        heard.add(done);
                                        totals.add(total);
                                    })
                            .build();
            try (Attention attention = subject.openForGradients(options);
                    AttentionTape tape = c.forward(attention)) {
                assertThat(heard).isSorted().endsWith(shape.queryHeads() * shape.queryTokens());
                heard.clear();
                totals.clear();
                tape.backward(c.gradOutput());
            }
            long keys = shape.keyHeads() * shape.keyTokens();
            assertThat(heard).isSorted().endsWith(keys);
            assertThat(totals).containsOnly(keys);
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void anInterruptCancelsAndTheTapeLivesOn(Subject subject, boolean checkpoint) {
        GradientCase c = GradientCase.of(new AttentionShape(3, 3, 70, 150, 4, 4), SEED);
        Thread caller = Thread.currentThread();
        AtomicBoolean cancel = new AtomicBoolean();
        var options =
                options(checkpoint)
                        .queryChunkSize(32)
                        .kvChunkSize(16)
                        .progress(
                                (done, total) -> {
                                    if (cancel.get()) {
                                        caller.interrupt();
                                    }
                                })
                        .build();
        try (Attention attention = subject.openForGradients(options);
                AttentionTape tape = c.forward(attention)) {
            cancel.set(true);
            assertThatThrownBy(() -> tape.backward(c.gradOutput()))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
            cancel.set(false);
            var pass =
                    new GradientCase.Pass(
                            tape.output(), tape.logSumExp(), tape.backward(c.gradOutput()));
            assertThat(c.verdict(pass)).matches(GradientVerdict::ok);
            cancel.set(true);
            assertThatThrownBy(() -> c.forward(attention))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            cancel.set(false);
            assertThat(c.verdict(c.pass(attention))).matches(GradientVerdict::ok);
        } finally {
            Thread.interrupted();
        }
    }

    /** Of a forward and of a backward pass. */
    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void aFailedCallLeavesNothingHeld(Subject subject, boolean checkpoint) {
        AttentionShape shape = SHAPES.getFirst();
        GradientCase c = GradientCase.of(shape, SEED);
        AtomicBoolean fail = new AtomicBoolean(true);
        var options =
                options(checkpoint)
                        .progress(
                                (done, total) -> {
                                    if (fail.get()) {
                                        throw new IllegalStateException("no");
                                    }
                                })
                        .build();
        try (Attention attention = subject.openForGradients(options)) {
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> c.forward(attention))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("no");
            }
            fail.set(false);
            try (AttentionTape tape = c.forward(attention)) {
                fail.set(true);
                for (int i = 0; i < 4; i++) {
                    assertThatThrownBy(() -> tape.backward(c.gradOutput()))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("no");
                }
                fail.set(false);
                tape.backward(c.gradOutput());
            }
            assertThat(attention.peakBytes())
                    .isLessThanOrEqualTo(
                            Math.max(
                                    attention.planForward(shape).extraBytes(),
                                    attention.planBackward(shape).extraBytes()));
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void passesMayRunSideBySide(Subject subject, boolean checkpoint) throws Exception {
        List<GradientCase> cases = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            cases.add(GradientCase.of(SHAPES.get(i % SHAPES.size()), SEED + 10L * i));
        }
        try (Attention attention = subject.openForGradients(options(checkpoint).build());
                var pool = Executors.newFixedThreadPool(4)) {
            List<Future<GradientCase.Pass>> passes = new ArrayList<>();
            for (GradientCase c : cases) {
                passes.add(pool.submit(() -> c.pass(attention)));
            }
            for (int i = 0; i < cases.size(); i++) {
                assertThat(cases.get(i).verdict(passes.get(i).get())).matches(GradientVerdict::ok);
            }
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void threadsMayShareATape(Subject subject, boolean checkpoint) throws Exception {
        GradientCase c = GradientCase.of(SHAPES.getFirst(), SEED);
        try (Attention attention = subject.openForGradients(options(checkpoint).build());
                AttentionTape tape = c.forward(attention);
                var pool = Executors.newFixedThreadPool(3)) {
            List<Future<AttentionGradients>> passes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                passes.add(pool.submit(() -> tape.backward(c.gradOutput())));
            }
            float[] expected = c.pass(attention).gradients().key().toFloatArray();
            for (Future<AttentionGradients> pass : passes) {
                assertThat(pass.get().key().toFloatArray()).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest(name = "{0}, useCheckpoint {1}")
    @MethodSource("subjects")
    void whatIsClosedSaysSo(Subject subject, boolean checkpoint) {
        GradientCase c = GradientCase.of(SHAPES.getFirst(), SEED);
        Attention attention = subject.openForGradients(options(checkpoint).build());
        AttentionTape closed = c.forward(attention);
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.backward(c.gradOutput()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this AttentionTape is closed");
        AttentionTape open = c.forward(attention);
        attention.close();
        assertThatThrownBy(() -> open.backward(c.gradOutput()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this Attention is closed");
        assertThatThrownBy(() -> c.forward(attention))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this Attention is closed");
        open.close();
    }
}
