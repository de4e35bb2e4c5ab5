package io.github.subquad.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** How one element of a {@link Tensor} is stored, in the machine's byte order. */
public enum DataType {
    /** IEEE 754 binary32. */
    F32(4),
    /** IEEE 754 binary16. */
    F16(2),
    /** The upper half of a binary32: 8 bits of exponent, 7 of mantissa. */
    BF16(2),
    /** One byte, false where it is 0: masks only. */
    BOOL(1);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The size of one element.
     *
     * @return bytes, 1 to 4
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Whether elements are numbers, as opposed to truth values.
     *
     * @return false for {@link #BOOL} alone
     */
    public boolean isFloat() {
        return this != BOOL;
    }

    /**
     * Reads one element, exactly.
     *
     * @param segment where it lies
     * @param byteOffset its first byte; any alignment
     * @return its value; 0 or 1 for {@link #BOOL}
     */
    public float read(MemorySegment segment, long byteOffset) {
        return switch (this) {
            case F32 -> segment.get(JAVA_FLOAT_UNALIGNED, byteOffset);
            case F16 -> Float.float16ToFloat(segment.get(JAVA_SHORT_UNALIGNED, byteOffset));
            case BF16 -> bfloat16ToFloat(segment.get(JAVA_SHORT_UNALIGNED, byteOffset));
            case BOOL -> segment.get(JAVA_BYTE, byteOffset) == 0 ? 0 : 1;
        };
    }

    /**
     * Writes one element, rounded to the nearest storable value, ties to even.
     *
     * @param segment where to
     * @param byteOffset its first byte; any alignment
     * @param value the value; {@link #BOOL} stores whether it differs from 0
     */
    public void write(MemorySegment segment, long byteOffset, float value) {
        switch (this) {
            case F32 -> segment.set(JAVA_FLOAT_UNALIGNED, byteOffset, value);
            case F16 -> segment.set(JAVA_SHORT_UNALIGNED, byteOffset, Float.floatToFloat16(value));
            case BF16 -> segment.set(JAVA_SHORT_UNALIGNED, byteOffset, floatToBfloat16(value));
            case BOOL -> segment.set(JAVA_BYTE, byteOffset, (byte) (value == 0 ? 0 : 1));
        }
    }

    /**
     * The value of a bfloat16.
     *
     * @param bits its 16 bits
     * @return the same value as a float
     */
    public static float bfloat16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /**
     * The bfloat16 nearest to a float, ties to even; a NaN becomes the default NaN.
     *
     * @param value any float
     * @return the 16 bits of the bfloat16
     */
    public static short floatToBfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        return Float.isNaN(value)
                ? (short) (bits >>> 16)
                : (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
    }
}
