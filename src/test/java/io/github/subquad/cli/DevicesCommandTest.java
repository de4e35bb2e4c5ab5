package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.Attention;
import io.github.subquad.Backends;

import org.junit.jupiter.api.Test;

class DevicesCommandTest {
    @Test
    void listsEveryDeviceAndWhatAutoMeans() {
        String out = Run.of("devices").succeeds().out();
        for (var device : Backends.available()) {
            assertThat(out)
                    .containsPattern(
                            "(?m)^\\Q%s\\E +%s +\\Q%s\\E"
                                    .formatted(
                                            device.address(),
                                            device.usable() ? "usable" : "not usable",
                                            device.name()));
            assertThat(out).contains(device.note()).contains(device.remedy());
        }
        try (var attention = Attention.open()) {
            assertThat(out).containsPattern("(?m)^auto +" + attention.device().address() + "$");
        }
        assertThat(out).contains("Java " + Runtime.version());
    }
}
