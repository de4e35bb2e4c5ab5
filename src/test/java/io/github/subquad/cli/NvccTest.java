package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.subquad.KernelSource;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** NVIDIA's compiler on a kernel of a few lines, where it is installed. */
class NvccTest {
    private static KernelSource cuda(String text) {
        return new KernelSource("addOne", "CUDA C", text, 0, 0);
    }

    private static boolean isThere() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nvcc")));
    }

    @Test
    void anArchitectureHasAName() {
        assertThatThrownBy(() -> Nvcc.compile(cuda(""), "hopper; rm"))
                .hasMessage("--arch: expected a name such as sm_90, got 'hopper; rm'");
    }

    @Test
    void onlyCudaIsCompiled() {
        var opencl = new KernelSource("addOne", "OpenCL C", "", 0, 0);
        assertThatThrownBy(() -> Nvcc.compile(opencl, "sm_90"))
                .hasMessageStartingWith("--arch: nvcc compiles CUDA, but addOne is OpenCL C");
    }

    @Test
    void registersAndSpillsAreTold() {
        assumeTrue(isThere(), "not tested: there is no nvcc on the PATH");
        var kernel = cuda("extern \"C\" __global__ void addOne(float *x) { x[threadIdx.x] += 1; }");
        assertThat(Nvcc.compile(kernel, "sm_90"))
                .startsWith("sm_90: ")
                .contains("0 bytes spill stores")
                .containsPattern("Used \\d+ registers");
    }

    @Test
    void whatDoesNotCompileIsToldWithTheCompilersWords() {
        assumeTrue(isThere(), "not tested: there is no nvcc on the PATH");
        assertThatThrownBy(() -> Nvcc.compile(cuda("no kernel"), "sm_90"))
                .hasMessageStartingWith("--arch: nvcc failed: ")
                .hasMessageContaining("error");
    }
}
