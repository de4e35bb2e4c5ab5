package io.github.subquad.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.subquad.Device;
import io.github.subquad.RoofProbe;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Samples of a probe whose figures are given. */
class RoofTest {
    /** Each method gives its next figure; the first sample is slow. */
    private static final class GivenProbe implements RoofProbe {
        private final int threads;
        private int run;

        GivenProbe(int threads) {
            this.threads = threads;
        }

        /** 1, then 10, 30, 20, 10, 30, 20, … */
        private long figure() {
            return run == 0 ? 1 : List.of(20L, 10L, 30L).get(run % 3);
        }

        @Override
        public Device device() {
            return new Device("given", "3", "a probe", 0, true, "", "");
        }

        @Override
        public int threads() {
            return threads;
        }

        @Override
        public Work multiplyAdd() {
            return new Work(figure() * 1000.0, 10);
        }

        @Override
        public Work copy() {
            return new Work(figure() * 4.0, 2);
        }

        @Override
        public Work read() {
            return new Work(figure(), 1);
        }

        @Override
        public Work roundTrip() {
            long nanos = figure();
            run++;
            return new Work(1, nanos);
        }

        @Override
        public void close() {}
    }

    @Test
    void mediansAndBestsLeaveTheWarmUpOut() {
        Roof roof = Roof.measure(new GivenProbe(2), 3);
        assertThat(roof)
                .isEqualTo(
                        new Roof(
                                "given:3",
                                2,
                                3,
                                new Roof.Figure(2000, 3000, List.of(1000.0, 3000.0, 2000.0)),
                                new Roof.Figure(40, 60, List.of(20.0, 60.0, 40.0)),
                                new Roof.Figure(20, 30, List.of(10.0, 30.0, 20.0)),
                                new Roof.Figure(20, 10, List.of(10.0, 30.0, 20.0))));
    }

    @Test
    void theRoofIsTheMemorysAndThenThePeak() {
        Roof roof = Roof.measure(new GivenProbe(1), 3);
        assertThat(roof.attainableGflops(0.5)).isEqualTo(15);
        assertThat(roof.attainableGflops(100)).isEqualTo(3000);
        assertThat(roof.attainableGflops(1e6)).isEqualTo(3000);
    }

    @Test
    void samplesOfTwoProbesAreNotMixed() {
        var samples = new RoofSamples();
        samples.sample(new GivenProbe(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> samples.sample(new GivenProbe(2)))
                .withMessage("probe: expected given:3 with 1 threads, got given:3 with 2");
    }

    @Test
    void withoutASampleThereIsNoRoof() {
        assertThatIllegalStateException().isThrownBy(() -> new RoofSamples().roof());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Roof.measure(new GivenProbe(1), 0))
                .withMessage("repetitions: expected at least 1, got 0");
    }
}
