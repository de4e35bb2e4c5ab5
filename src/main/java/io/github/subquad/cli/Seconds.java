package io.github.subquad.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;

/** A duration in seconds, such as {@code 2} or {@code 0.5}. */
final class Seconds implements ITypeConverter<Duration> {
    private static final double MOST = 1e6;

    @Override
    public Duration convert(String text) {
        try {
            double seconds = Double.parseDouble(text);
            if (seconds >= 0 && seconds <= MOST) {
                return Duration.ofNanos(Math.round(seconds * 1e9));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException(
                "expected seconds, 0 to a million, got '%s'".formatted(text));
    }
}
