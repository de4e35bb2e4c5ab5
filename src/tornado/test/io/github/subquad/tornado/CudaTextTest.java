package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What TornadoVM makes of the kernels for NVIDIA's GPUs compiles, without one being there. */
@Tag("device")
class CudaTextTest {
    private static final String SPILLS = "[1-9]\\d* bytes spill";

    /** The address of the CUDA backend, which comes after OpenCL's in an SDK that has both. */
    private static Optional<String> cuda() throws Exception {
        String list =
                DeviceProcess.subquad(
                                Map.of(), List.of("-Dsubquad.tornado.virtual=true"), "devices")
                        .out();
        return list.lines()
                .filter(line -> line.contains("(CUDA,"))
                .map(line -> line.substring(0, line.indexOf(' ')).replace("tornado:", ""))
                .findFirst();
    }

    private static boolean hasNvcc() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nvcc")));
    }

    @ParameterizedTest(name = "kernel step {0}, {1}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    1; 8,4096,4096,64
                    2; 8,4096,4096,64
                    4; 8,4096,4096,64
                    4; 8,4096,4096,128
                    4; 16,4096,77,40
                    """)
    void everyKernelCompilesForSm90WithoutSpills(int step, String shape) throws Exception {
        Optional<String> device = cuda();
        assumeTrue(device.isPresent(), "not tested: this TornadoVM SDK has no CUDA backend");
        assumeTrue(hasNvcc(), "not tested: there is no nvcc on the PATH");
        for (List<String> mask : List.of(List.<String>of(), List.of("--mask"))) {
            var words =
                    Stream.concat(
                            Stream.of(
                                    "kernels",
                                    "--virtual",
                                    "--quiet",
                                    "--arch",
                                    "sm_90",
                                    "--device",
                                    device.get(),
                                    "--kernel-step",
                                    String.valueOf(step),
                                    "--shape",
                                    shape),
                            mask.stream());
            var run = DeviceProcess.subquad(Map.of(), List.of(), words.toArray(String[]::new));
            System.out.print(run.out());
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).contains("Used ").doesNotContainPattern(SPILLS);
        }
    }
}
