package io.github.subquad.io;

import io.github.subquad.tensor.DataType;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Optional;

/** The element types that the safetensors format knows, and the few that we read. */
enum SafetensorsDtype {
    // In the order in which the reference implementation lays tensors out, last first.
    BOOL(8, DataType.BOOL),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8, DataType.BOOL),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16, DataType.F16),
    BF16(16, DataType.BF16),
    I32(32),
    U32(32),
    F32(32, DataType.F32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    private final int bits;
    private final @Nullable DataType dataType;

    SafetensorsDtype(int bits) {
        this(bits, null);
    }

    SafetensorsDtype(int bits, @Nullable DataType dataType) {
        this.bits = bits;
        this.dataType = dataType;
    }

    /** The type of a name; empty for one that came into the format later. */
    static Optional<SafetensorsDtype> named(String name) {
        return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
    }

    static SafetensorsDtype of(DataType type) {
        return switch (type) {
            case F32 -> F32;
            case F16 -> F16;
            case BF16 -> BF16;
            case BOOL -> BOOL;
        };
    }

    /** How we hold elements of this type; bytes are masks. Empty if we do not. */
    Optional<DataType> dataType() {
        return Optional.ofNullable(dataType);
    }

    int bits() {
        return bits;
    }
}
