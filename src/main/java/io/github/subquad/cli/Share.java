package io.github.subquad.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A part of a whole, such as {@code 5%} or {@code 0.05}. */
final class Share implements ITypeConverter<Double> {
    private static final double MOST_PERCENT = 1e6;

    /** Without a sign, 5 may stand for 5% or for 500%: neither is guessed. */
    @Override
    public Double convert(String text) {
        boolean percent = text.endsWith("%");
        try {
            double number =
                    Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
            if (number >= 0 && (percent ? number <= MOST_PERCENT : number < 1)) {
                return percent ? number / 100 : number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException(
                "expected a share such as 5%% or 0.05, got '%s'".formatted(text));
    }
}
