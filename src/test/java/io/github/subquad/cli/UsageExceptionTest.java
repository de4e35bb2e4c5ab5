package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UsageExceptionTest {
    private final IllegalArgumentException refusal =
            new IllegalArgumentException("backend: expected auto, cpu, got 'tornado'");

    @AfterEach
    void forget() {
        System.clearProperty(DevicesCommand.TORNADO);
    }

    @Test
    void anArgumentOfTheLibraryIsAnOptionHere() {
        assertThat(new UsageException(new IllegalArgumentException("memoryBudget: too small")))
                .hasMessage("--memory-budget: too small");
    }

    @Test
    void aMissingTornadoVMIsExplainedByWhatTheLauncherFound() {
        System.setProperty(DevicesCommand.TORNADO, "switched off");
        assertThat(new UsageException(refusal))
                .hasMessage("--backend: expected auto, cpu, got 'tornado': switched off");
    }

    @Test
    void withoutTheLauncherNothingIsAdded() {
        assertThat(new UsageException(refusal))
                .hasMessage("--backend: expected auto, cpu, got 'tornado'");
    }
}
