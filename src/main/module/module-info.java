/** Exact attention in sub-quadratic memory. */
module io.github.subquad {
    requires static transitive org.jspecify;
    requires tools.jackson.databind;

    // The scalar kernels do without it.
    requires static jdk.incubator.vector;

    // Only the command line needs these.
    requires static java.desktop;
    requires static jdk.management;
    requires static com.fasterxml.jackson.annotation;
    requires static com.github.oshi;
    requires static com.networknt.schema;
    requires static info.picocli;
    requires static me.tongfei.progressbar;
    requires static org.apache.commons.compress;
    requires static org.apache.commons.statistics.descriptive;
    requires static org.apache.commons.statistics.inference;
    requires static org.knowm.xchart;
    requires static org.tukaani.xz;
    requires static tools.jackson.dataformat.yaml;

    exports io.github.subquad;
    exports io.github.subquad.io;
    exports io.github.subquad.tensor;

    opens io.github.subquad.bench.machine to
            tools.jackson.databind;
    opens io.github.subquad.cli to
            info.picocli;
    opens io.github.subquad.bench to
            tools.jackson.databind;
    opens io.github.subquad.bench.compare to
            tools.jackson.databind;

    uses io.github.subquad.AttentionBackend;

    provides io.github.subquad.AttentionBackend with
            io.github.subquad.cpu.CpuBackend,
            io.github.subquad.reference.ReferenceBackend;
}
