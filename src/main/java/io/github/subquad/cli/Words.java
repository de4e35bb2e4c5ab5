package io.github.subquad.cli;

import io.github.subquad.Causal;
import io.github.subquad.Kernel;
import io.github.subquad.bench.Format;
import io.github.subquad.tensor.DataType;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values of options that are words in lower case, with hyphens. */
final class Words {
    private Words() {}

    private static <E extends Enum<E>> E parse(String text, List<E> choices) {
        return choices.stream()
                .filter(choice -> word(choice).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "expected one of %s, got '%s'"
                                                .formatted(
                                                        choices.stream()
                                                                .map(Words::word)
                                                                .collect(Collectors.joining(", ")),
                                                        text)));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code bottom-right} and so on. */
    static final class OfCausal implements ITypeConverter<Causal> {
        @Override
        public Causal convert(String text) {
            return parse(text, Arrays.asList(Causal.values()));
        }
    }

    /** {@code f32} and so on; numbers only. */
    static final class OfDataType implements ITypeConverter<DataType> {
        @Override
        public DataType convert(String text) {
            return parse(text, Arrays.stream(DataType.values()).filter(DataType::isFloat).toList());
        }
    }

    /** {@code fused} and so on. */
    static final class OfKernel implements ITypeConverter<Kernel> {
        @Override
        public Kernel convert(String text) {
            return parse(text, Arrays.asList(Kernel.values()));
        }
    }

    /** {@code table} and so on. */
    static final class OfFormat implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            return parse(text, Arrays.asList(Format.values()));
        }
    }

    /** Seconds, such as {@code 2} or {@code 0.5}. */
    static final class OfSeconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            double seconds = Double.parseDouble(text);
            if (!(seconds >= 0 && seconds <= 1e6)) {
                throw new TypeConversionException(
                        "expected seconds, 0 to a million, got '%s'".formatted(text));
            }
            return Duration.ofNanos(Math.round(seconds * 1e9));
        }
    }
}
