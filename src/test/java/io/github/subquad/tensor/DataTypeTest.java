package io.github.subquad.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

class DataTypeTest {
    @ParameterizedTest(name = "{0} takes {1} bytes")
    @CsvSource({"F32, 4", "F16, 2", "BF16, 2", "BOOL, 1"})
    void sizes(DataType type, int bytes) {
        assertThat(type.bytes()).isEqualTo(bytes);
        assertThat(type.isFloat()).isEqualTo(type != DataType.BOOL);
    }

    @Test
    void everyBfloat16IsAFloatAndComesBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = DataType.bfloat16ToFloat((short) bits);
            short back = DataType.floatToBfloat16(value);
            if (Float.isNaN(value)) {
                assertThat(DataType.bfloat16ToFloat(back)).isNaN();
            } else {
                assertThat(back).isEqualTo((short) bits);
            }
        }
    }

    @ParameterizedTest(name = "{0} becomes the bfloat16 {1}")
    @CsvSource({
        "0x1.00p0, 0x1.00p0",
        "0x1.01p0, 0x1.00p0", // a tie, to even: down
        "0x1.03p0, 0x1.04p0", // a tie, to even: up
        "0x1.010002p0, 0x1.02p0", // just above the tie
        "0x1.00fffep0, 0x1.00p0", // just below the tie
        "-0x1.03p0, -0x1.04p0",
        "0x1.fffffep127, Infinity",
        "-0x1.fffffep127, -Infinity",
        "0x1.fep127, 0x1.fep127",
        "Infinity, Infinity",
        "-Infinity, -Infinity",
        "0x1p-149, 0",
        "NaN, NaN"
    })
    void bfloat16RoundsToNearestEven(float value, Float rounded) {
        assertThat(DataType.bfloat16ToFloat(DataType.floatToBfloat16(value))).isEqualTo(rounded);
    }

    @Test
    void negativeZeroKeepsItsSignAsBfloat16() {
        assertThat(DataType.floatToBfloat16(-0f)).isEqualTo((short) 0x8000);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void noBfloat16IsNearerThanTheOneChosen(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            float size = Math.abs(value);
            if (!(size >= Float.MIN_NORMAL && size <= 0x1.fep127f)) {
                continue;
            }
            short chosen = DataType.floatToBfloat16(value);
            double error = Math.abs((double) DataType.bfloat16ToFloat(chosen) - value);
            double above =
                    Math.abs((double) DataType.bfloat16ToFloat((short) (chosen + 1)) - value);
            double below =
                    Math.abs((double) DataType.bfloat16ToFloat((short) (chosen - 1)) - value);
            assertThat(error).as("%s", value).isLessThanOrEqualTo(Math.min(above, below));
        }
    }

    @ParameterizedTest
    @EnumSource
    void elementsAreWrittenAndReadAtAnyAlignment(DataType type) {
        MemorySegment segment = MemorySegment.ofArray(new byte[16]);
        for (int at = 0; at < 4; at++) {
            segment.fill((byte) 0);
            type.write(segment, at, 1);
            assertThat(type.read(segment, at)).isEqualTo(1);
            type.write(segment, at, 0);
            assertThat(type.read(segment, at)).isZero();
        }
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"0, 0", "-0.0, 0", "1, 1", "-3, 1", "1e-45, 1", "NaN, 1", "Infinity, 1"})
    void boolIsWhetherANumberDiffersFromZero(float written, float read) {
        MemorySegment segment = MemorySegment.ofArray(new byte[1]);
        DataType.BOOL.write(segment, 0, written);
        assertThat(DataType.BOOL.read(segment, 0)).isEqualTo(read);
    }

    @Test
    void anyByteButZeroIsTrue() {
        MemorySegment segment = MemorySegment.ofArray(new byte[] {0, 1, 2, -1});
        assertThat(Tensor.wrap(segment, DataType.BOOL, 4).toFloatArray())
                .containsExactly(0, 1, 1, 1);
    }
}
