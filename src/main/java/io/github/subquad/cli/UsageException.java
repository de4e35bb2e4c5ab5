package io.github.subquad.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/** Something that the user typed is wrong: exit status 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final Pattern ARGUMENT = Pattern.compile("([a-z]+(?:[A-Z][a-z]+)*): .*");
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    UsageException(String message) {
        super(message);
    }

    /**
     * The library refused an option: its {@code memoryBudget: …} is {@code --memory-budget: …}
     * here.
     */
    UsageException(IllegalArgumentException refusal) {
        super(withReason(inTheUsersWords(String.valueOf(refusal.getMessage()))), refusal);
    }

    /** Where there is no backend tornado, the launcher knows why. */
    private static String withReason(String message) {
        String found = System.getProperty(DevicesCommand.TORNADO);
        return found != null
                        && message.startsWith("--backend: ")
                        && message.endsWith("got 'tornado'")
                ? message + ": " + found
                : message;
    }

    private static String inTheUsersWords(String message) {
        var match = ARGUMENT.matcher(message);
        if (!match.matches()) {
            return message;
        }
        String name = match.group(1);
        String option = CAPITAL.matcher(name).replaceAll("-$0").toLowerCase(Locale.ROOT);
        return "--" + option + message.substring(name.length());
    }
}
