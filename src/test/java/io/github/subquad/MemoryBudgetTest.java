package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "17B, 17",
        "64KiB, 65536",
        "64MiB, 67108864",
        "2 GiB, 2147483648",
        "1tib, 1099511627776",
        "' 3 mib ', 3145728"
    })
    void readsSizes(String text, long bytes) {
        assertThat(MemoryBudget.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "64MB", "1.5GiB", "-1", "9999999999999999999"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> MemoryBudget.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("memoryBudget: expected a size such as 64MiB, got '%s'", text);
    }

    @Test
    void refusesZeroAndOverflow() {
        assertThatThrownBy(() -> MemoryBudget.parse("0"))
                .hasMessage("memoryBudget: expected at least 1 byte, got 0");
        assertThatThrownBy(() -> MemoryBudget.parse("99999999TiB"))
                .hasMessageContaining("exceeds 63 bits");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.00 KiB",
        "1536, 1.50 KiB",
        "67108864, 64.0 MiB",
        "17179869184, 16.0 GiB",
        "9223372036854775807, 8.00 EiB"
    })
    void writesSizes(long bytes, String text) {
        assertThat(MemoryBudget.format(bytes)).isEqualTo(text);
    }
}
