package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {
    @ParameterizedTest(name = "{0} ns read {1}")
    @CsvSource({
        "1, 1.000 ns",
        "999, 999.0 ns",
        "1000, 1.000 µs",
        "12345, 12.35 µs",
        "152300000, 152.3 ms",
        "6917000, 6.917 ms",
        "1234400000, 1.234 s",
        "61234000000, 61.23 s",
        "4321000000000, 4321 s",
    })
    void durationsHaveFourDigits(double nanos, String text) {
        assertThat(Quantity.duration(nanos)).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0} reads {1}")
    @CsvSource({"0.123, 0.12", "1.234, 1.23", "28.34, 28.3", "283.4, 283", "12345.6, 12346"})
    void ratesHaveThreeDigits(double rate, String text) {
        assertThat(Quantity.rate(rate)).isEqualTo(text);
    }

    @Test
    void aRateThatIsNotThereIsADash() {
        assertThat(Quantity.rate(null)).isEqualTo("–");
    }

    @Test
    void spreadsArePercentages() {
        assertThat(Quantity.spread(0.0123)).isEqualTo("±1.2%");
    }
}
