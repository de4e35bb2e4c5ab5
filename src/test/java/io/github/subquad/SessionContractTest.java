package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.subquad.reference.Verdict;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sessions: plans and budgets, progress, cancellation, threads, close. */
@Tag("contract")
@Tag("lanes")
class SessionContractTest {
    private static final long SEED = 3;

    /** By blocks, by rows, and with keys split. */
    private static final List<AttentionShape> SHAPES =
            List.of(
                    new AttentionShape(4, 2, 300, 200, 32, 48),
                    new AttentionShape(4, 2, 3, 200, 32, 48),
                    new AttentionShape(4, 2, 1, 9000, 8, 8));

    static List<Subject> subjects() {
        return Subject.all();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void holdsWhatThePlanSays(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Case c = Case.of(shape, SEED);
            try (AttentionEngine engine = Backends.open(engineOptions(subject));
                    Attention attention = Attention.over(engine, c.options().build())) {
                attention.attend(c.query(), c.key(), c.value());
                ChunkPlan plan = engine.plan(shape);
                long scratch = plan.buffers().getFirst().totalBytes();
                assertThat(engine.peakBytes()).isBetween(scratch, plan.extraBytes());
            }
        }
    }

    private static AttentionOptions engineOptions(Subject subject) {
        return subject.chosen(AttentionOptions.builder().threads(2).build());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void shrinksToTheBudgetAndStaysRight(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Case c = Case.of(shape, SEED);
            var free = c.options().threads(4);
            long best = planBytes(subject, shape, free.build());
            for (long budget = best; budget > best / 16; budget = budget * 2 / 3) {
                var options = free.memoryBudget(new MemoryBudget(budget)).build();
                try (Attention attention = subject.open(options)) {
                    assertThat(attention.plan(shape).extraBytes()).isLessThanOrEqualTo(budget);
                    AttentionResult result = attention.attend(c.query(), c.key(), c.value());
                    assertThat(c.verdict(result)).matches(Verdict::ok);
                } catch (IllegalArgumentException tooSmall) {
                    assertThat(budget).as("the best plan's own size is enough").isLessThan(best);
                    assertThat(tooSmall).hasMessageContaining("needs at least");
                    break;
                }
            }
        }
    }

    private static long planBytes(Subject subject, AttentionShape shape, AttentionOptions options) {
        try (Attention attention = subject.open(options)) {
            return attention.plan(shape).extraBytes();
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void namesTheLeastBudgetAndThatOneWorks(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            Case c = Case.of(shape, SEED);
            var tiny = c.options().threads(2).memoryBudget(new MemoryBudget(1)).build();
            try (Attention attention = subject.open(tiny)) {
                assertThatThrownBy(() -> attention.plan(shape))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageMatching("memoryBudget: .* at least \\d+ bytes .*, got 1")
                        .satisfies(e -> works(subject, c, leastIn(e.getMessage())));
            }
        }
    }

    private static long leastIn(@Nullable String message) {
        return Long.parseLong(
                String.valueOf(message).replaceFirst(".*at least (\\d+) bytes.*", "$1"));
    }

    private static void works(Subject subject, Case c, long budget) {
        var options = c.options().threads(2).memoryBudget(new MemoryBudget(budget)).build();
        assertThat(c.verdict(c.attend(subject, options))).matches(Verdict::ok);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void reportsProgressUpToTheLastRow(Subject subject) {
        for (AttentionShape shape : SHAPES) {
            List<Long> heard = Collections.synchronizedList(new ArrayList<>());
            long total = shape.queryHeads() * shape.queryTokens();
            Case c = Case.of(shape, SEED);
            c.attend(
                    subject,
                    c.options()
                            .queryChunkSize(64)
                            .progress(
                                    (done, all) -> {
                                        assertThat(all).isEqualTo(total);
                                        heard.add(done);
                                    })
                            .build());
            assertThat(heard).isSorted().endsWith(total);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void anInterruptCancelsAndTheSessionLivesOn(Subject subject) {
        Case c = Case.of(new AttentionShape(4, 4, 400, 300, 16, 16), SEED);
        Thread caller = Thread.currentThread();
        AtomicBoolean cancel = new AtomicBoolean(true);
        var options =
                c.options()
                        .queryChunkSize(64)
                        .threads(2)
                        .progress(
                                (done, total) -> {
                                    if (cancel.get()) {
                                        caller.interrupt();
                                    }
                                })
                        .build();
        try (Attention attention = subject.open(options)) {
            assertThatThrownBy(() -> attention.attend(c.query(), c.key(), c.value()))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
            cancel.set(false);
            AttentionResult result = attention.attend(c.query(), c.key(), c.value());
            assertThat(c.verdict(result)).matches(Verdict::ok);
        } finally {
            Thread.interrupted();
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aFailedCallLeavesNothingHeld(Subject subject) {
        AttentionShape shape = new AttentionShape(4, 4, 100, 9000, 8, 8); // keys are split
        Case c = Case.of(shape, SEED);
        var failing =
                engineOptions(subject).toBuilder()
                        .progress(
                                (done, total) -> {
                                    throw new IllegalStateException("no");
                                })
                        .build();
        try (AttentionEngine engine = Backends.open(engineOptions(subject))) {
            var attention = Attention.over(engine, failing);
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> attention.attend(c.query(), c.key(), c.value()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("no");
            }
            assertThat(engine.peakBytes()).isLessThanOrEqualTo(engine.plan(shape).extraBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void callsMayRunSideBySide(Subject subject) throws Exception {
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            cases.add(Case.of(SHAPES.get(i % SHAPES.size()), SEED + 10L * i));
        }
        try (Attention attention = subject.open(cases.getFirst().options().threads(3).build());
                var pool = Executors.newFixedThreadPool(4)) {
            List<Future<AttentionResult>> results = new ArrayList<>();
            for (Case c : cases) {
                results.add(pool.submit(() -> attention.attend(c.query(), c.key(), c.value())));
            }
            for (int i = 0; i < cases.size(); i++) {
                assertThat(cases.get(i).verdict(results.get(i).get())).matches(Verdict::ok);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aClosedSessionSaysSo(Subject subject) {
        Case c = Case.of(SHAPES.getFirst(), SEED);
        Attention attention = subject.open(c.options().build());
        attention.close();
        attention.close();
        assertThatThrownBy(() -> attention.attend(c.query(), c.key(), c.value()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
