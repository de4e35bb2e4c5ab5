package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;

class ColdCacheTest {
    private static final long MIB = 1L << 20;

    @Test
    void itIsLargerThanTheCaches() {
        assertThat(ColdCache.bytesFor(0)).isEqualTo(256 * MIB);
        assertThat(ColdCache.bytesFor(32 * MIB)).isEqualTo(256 * MIB);
        assertThat(ColdCache.bytesFor(384 * MIB)).isEqualTo(768 * MIB);
    }

    @Test
    void everyLineIsWrittenOnceEachTime() {
        long bytes = 5 * MIB / 2;
        try (var cold = new ColdCache(bytes)) {
            cold.evict();
            cold.evict();
            assertThat(LongStream.range(0, bytes / 64))
                    .hasSize((int) (bytes / 64))
                    .allMatch(line -> cold.memory().get(ValueLayout.JAVA_LONG, 64 * line) == 2);
        }
    }

    @Test
    void withoutASizeItFitsThisMachine() {
        try (var cold = new ColdCache()) {
            assertThat(cold.memory().byteSize()).isGreaterThanOrEqualTo(256 * MIB);
        }
    }
}
