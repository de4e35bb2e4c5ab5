package io.github.subquad.bench.machine;

import java.util.List;
import java.util.regex.Pattern;

/** The options of a Java machine that may change its speed and say nothing of whose it is. */
final class JavaOptions {
    /** Access between modules, streams of the command line. */
    private static final Pattern IDLE =
            Pattern.compile(
                    "--(add-(reads|exports|opens)|enable-native-access|sun-misc).*"
                            + "|-D(subquad\\.(home|tornado|stderr.*)|std(out|err)\\.encoding"
                            + "|tornado\\.load\\..*)=.*");

    private JavaOptions() {}

    /**
     * Leaves out what holds a path or the user's name, and what only starts things up.
     *
     * @param arguments of the Java machine
     * @param user name of the user
     * @return the others, in order, each once
     */
    static List<String> telling(List<String> arguments, String user) {
        Pattern name = Pattern.compile("(?<!\\w)" + Pattern.quote(user) + "(?!\\w)");
        return arguments.stream()
                .filter(argument -> !argument.contains("/") && !argument.contains("\\"))
                .filter(argument -> !IDLE.matcher(argument).matches())
                .filter(argument -> user.isBlank() || !name.matcher(argument).find())
                .distinct()
                .toList();
    }
}
