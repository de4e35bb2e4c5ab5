package io.github.subquad.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Run at every lane width, on plain loops, and without the module. */
@Tag("lanes")
class KernelProviderTest {

    private static final String MIXED = "mixed mode, sharing";

    private static boolean moduleIsThere() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    @Test
    void theChoiceIsMadeOnceAndSaysWhy() {
        var choice = KernelProvider.choice();
        assertThat(KernelProvider.choice()).isSameAs(choice);
        assertThat(choice.reason()).isNotBlank();
    }

    @Test
    void theLaneWidthIsTheOneAskedFor() {
        var lanes = System.getProperty(KernelProvider.LANES);
        var name = KernelProvider.choice().kernels().name();
        if ("scalar".equals(lanes) || !moduleIsThere()) {
            assertThat(name).isEqualTo("plain loops");
        } else if (lanes != null) {
            assertThat(name).isEqualTo("Vector API, " + lanes + "-bit vectors");
        }
    }

    @Test
    void withoutTheModuleThePlainLoopsStepInAndTheRemedyIsTold() {
        var reason = KernelProvider.choice().reason();
        if (moduleIsThere()) {
            assertThat(reason).doesNotContain("module graph");
        } else {
            assertThat(reason)
                    .isEqualTo(
                            "jdk.incubator.vector is not in the module graph: start Java with"
                                    + " --add-modules jdk.incubator.vector");
        }
    }

    @Test
    void scalarAsksForPlainLoops() {
        var choice = KernelProvider.choose("scalar", MIXED);
        assertThat(choice.kernels()).isInstanceOf(ScalarKernels.class);
        assertThat(choice.reason()).contains("-Dsubquad.lanes=scalar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"interpreted mode, sharing", "mixed mode, emulated-client, sharing"})
    void withoutTheOptimisingCompilerPlainLoopsAreFaster(String vmInfo) {
        var choice = KernelProvider.choose(null, vmInfo);
        assertThat(choice.kernels()).isInstanceOf(ScalarKernels.class);
        if (moduleIsThere()) {
            assertThat(choice.reason()).contains("C2").contains(vmInfo);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64", "1024", "-128", "wide", "128 ", "2147483648"})
    void anUnknownLaneWidthIsRefused(String lanes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelProvider.choose(lanes, MIXED))
                .withMessage("subquad.lanes: expected 128, 256, 512 or scalar, got '%s'", lanes);
    }
}
