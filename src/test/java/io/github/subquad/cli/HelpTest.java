package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine.Model.CommandSpec;

import java.util.stream.Stream;

class HelpTest {
    static Stream<String> commands() {
        return Main.commandLine().getSubcommands().keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void everyCommandShowsExamples(String command) {
        assertThat(Run.of(command, "--help").succeeds().out())
                .contains("Usage: subquad " + command, "Examples:")
                .containsPattern("\\R  .*subquad " + command);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void everyOptionHasADescription(String command) {
        CommandSpec spec =
                Main.commandLine().parseArgs(command, "--help").subcommand().commandSpec();
        assertThat(spec.options())
                .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
        assertThat(spec.positionalParameters())
                .allSatisfy(parameter -> assertThat(parameter.description()).isNotEmpty());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void everyCommandIsListedWithAFewWords(String command) {
        assertThat(Run.of("--help").succeeds().out()).containsPattern("\\R  " + command + " +\\w+");
    }

    @Test
    void withoutACommandTheUsageIsShownAsAnError() {
        Run run = Run.of();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Exact attention").contains("Usage: subquad", "attend");
    }

    @Test
    void theVersionTellsTheJavaMachineToo() {
        assertThat(Run.of("--version").succeeds().out())
                .matches("subquad .*\\RJava \\Q%s\\E \\(.*\\R".formatted(Runtime.version()));
        assertThat(Run.of("attend", "--version").out()).isEqualTo(Run.of("--version").out());
    }

    @Test
    void theCompletionScriptKnowsCommandsOptionsAndWords() {
        assertThat(Run.of("generate-completion").succeeds().out())
                .contains("complete -F _complete_subquad")
                .contains(commands().toArray(String[]::new))
                .contains("--memory-budget", "\"bottom-right\" \"top-left\"", "\"staged\"");
    }

    @Test
    void helpIsPlainTextInAPipe() {
        assertThat(Run.of("attend", "--help").out()).doesNotContain("\u001b");
    }
}
