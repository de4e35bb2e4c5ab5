package io.github.subquad.cli;

import picocli.CommandLine.IVersionProvider;

/** The version as the jar's manifest has it, and the Java machine's. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "subquad " + (version == null ? "not packaged in a jar" : version), java(),
        };
    }

    /** The Java machine and what it runs on, in one line. */
    static String java() {
        return "Java %s (%s), %s %s, %d processors"
                .formatted(
                        Runtime.version(),
                        System.getProperty("java.vendor"),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors());
    }
}
