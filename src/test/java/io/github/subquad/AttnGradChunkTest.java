package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** A part of a backward pass, as a value. */
class AttnGradChunkTest {
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 3, 5, 7, 6);

    @Test
    void zerosHaveTheSizesOfTheChunk() {
        AttnGradChunk chunk = AttnGradChunk.zeros(SHAPE, true);
        assertThat(chunk.query()).hasSize(4 * 3 * 7).containsOnly(0);
        assertThat(chunk.key()).hasSize(2 * 5 * 7).containsOnly(0);
        assertThat(chunk.value()).hasSize(2 * 5 * 6).containsOnly(0);
        assertThat(chunk.mask()).hasSize(4 * 3 * 5).containsOnly(0);
        assertThat(AttnGradChunk.zeros(SHAPE, false).mask()).isNull();
        assertThat(chunk).hasToString("AttnGradChunk[query=84, key=70, value=60, mask=60]");
    }

    @Test
    void bytesAreThoseOfTheArrays() {
        assertThat(AttnGradChunk.bytes(SHAPE, false)).isEqualTo(4 * (84 + 70 + 60));
        assertThat(AttnGradChunk.bytes(SHAPE, true)).isEqualTo(4 * (84 + 70 + 60 + 60));
    }

    @Test
    void whatNoArrayHoldsIsNamed() {
        var long64 = AttentionShape.of(1, 1 << 26, 1, 64);
        assertThatThrownBy(() -> AttnGradChunk.zeros(long64, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "query: a chunk of 67108864 rows of 64 exceeds a Java array; take fewer");
        var square = AttentionShape.of(1, 1 << 16, 1 << 16, 1);
        assertThatThrownBy(() -> AttnGradChunk.zeros(square, true))
                .hasMessage(
                        "mask: a chunk of 65536 rows of 65536 exceeds a Java array; take fewer");
        assertThat(AttnGradChunk.bytes(square, true)).isGreaterThan(1L << 34);
    }

    @Test
    void equalIsWhatHasTheSameNumbers() {
        AttnGradChunk chunk = AttnGradChunk.zeros(SHAPE, true);
        assertThat(chunk).isEqualTo(AttnGradChunk.zeros(SHAPE, true));
        assertThat(chunk).hasSameHashCodeAs(AttnGradChunk.zeros(SHAPE, true));
        assertThat(chunk).isNotEqualTo(AttnGradChunk.zeros(SHAPE, false));
        for (int part = 0; part < 3; part++) {
            AttnGradChunk other = AttnGradChunk.zeros(SHAPE, true);
            new float[][] {other.query(), other.key(), other.value()}[part][1] = 1;
            assertThat(other).isNotEqualTo(chunk);
        }
    }

    @Test
    void travelsByJavaSerialization() throws Exception {
        AttnGradChunk chunk = AttnGradChunk.zeros(SHAPE, true);
        chunk.key()[3] = 0.5f;
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(chunk);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(chunk);
        }
    }
}
