package io.github.subquad.cli;

import io.github.subquad.Causal;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;
import io.github.subquad.bench.Format;
import io.github.subquad.bench.Pass;
import io.github.subquad.bench.Protocol;
import io.github.subquad.tensor.DataType;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The words by which the command line calls some values: reads one, and lists all for help and
 * completion. A word is the constant's name in lower case with hyphens.
 *
 * @param <E> the values
 */
abstract class Words<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
    private final Map<String, E> values = new LinkedHashMap<>();

    private Words(List<E> choices) {
        for (E value : choices) {
            values.put(value.name().toLowerCase(Locale.ROOT).replace('_', '-'), value);
        }
    }

    static final class OfCausal extends Words<Causal> {
        OfCausal() {
            super(List.of(Causal.BOTTOM_RIGHT, Causal.TOP_LEFT));
        }
    }

    static final class OfKernel extends Words<Kernel> {
        OfKernel() {
            super(List.of(Kernel.values()));
        }
    }

    static final class OfMerge extends Words<Merge> {
        OfMerge() {
            super(List.of(Merge.values()));
        }
    }

    static final class OfPrecision extends Words<DataType> {
        OfPrecision() {
            super(List.of(DataType.F32, DataType.F16, DataType.BF16));
        }
    }

    static final class OfCache extends Words<Protocol.Cache> {
        OfCache() {
            super(List.of(Protocol.Cache.values()));
        }
    }

    static final class OfPass extends Words<Pass> {
        OfPass() {
            super(List.of(Pass.values()));
        }
    }

    /** Of an option that may be on in one row and off in another. */
    enum Switch {
        ON,
        OFF
    }

    static final class OfSwitch extends Words<Switch> {
        OfSwitch() {
            super(List.of(Switch.values()));
        }
    }

    static final class OfFormat extends Words<Format> {
        OfFormat() {
            super(List.of(Format.values()));
        }
    }

    static final class OfRoofFormat extends Words<RooflineCommand.Format> {
        OfRoofFormat() {
            super(List.of(RooflineCommand.Format.values()));
        }
    }

    @Override
    public E convert(String word) {
        E value = values.get(word.toLowerCase(Locale.ROOT));
        if (value == null) {
            throw new TypeConversionException(
                    "expected one of %s, got '%s'".formatted(String.join(", ", this), word));
        }
        return value;
    }

    @Override
    public Iterator<String> iterator() {
        return values.keySet().iterator();
    }
}
