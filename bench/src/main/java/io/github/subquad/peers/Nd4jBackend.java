package io.github.subquad.peers;

import io.github.subquad.AttentionBackend;
import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Device;

import org.bytedeco.openblas.presets.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;

/** ND4J's {@code dotProductAttention}. */
public final class Nd4jBackend implements AttentionBackend {
    private static final String POM = "/META-INF/maven/org.nd4j/nd4j-api/pom.properties";

    /** For the service loader. */
    public Nd4jBackend() {}

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public int rank(Device device) {
        return -1;
    }

    @Override
    public List<Device> devices() {
        String library = "ND4J %s (OpenBLAS)".formatted(version());
        return List.of(Probe.withOpenBlas(name(), library, Nd4jBackend::load));
    }

    /**
     * Loaded, ND4J gives OpenBLAS a thread for each processor, whatever the environment says. That
     * slows itself down, and PyTorch in the same process by a factor.
     */
    private static void load() {
        Nd4j.getEnvironment();
        openblas_nolapack.blas_set_num_threads(1);
    }

    /** Its manifest names none. */
    private static String version() {
        var properties = new Properties();
        try (InputStream pom = Nd4j.class.getResourceAsStream(POM)) {
            if (pom != null) {
                properties.load(pom);
            }
        } catch (IOException e) {
            return "unknown"; // a name for a person: nothing depends on it
        }
        return properties.getProperty("version", "unknown");
    }

    @Override
    public AttentionEngine open(Device device, AttentionOptions options) {
        return new Nd4jEngine(device, options);
    }
}
