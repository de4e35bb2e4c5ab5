package io.github.subquad.cpu;

import jdk.incubator.vector.FloatVector;

import org.jspecify.annotations.Nullable;

/**
 * Chooses the kernels of this virtual machine, once, and keeps the reason.
 *
 * <p>The Vector API is taken where its module is there, the C2 compiler is on and the processor has
 * vectors worth the name; plain loops elsewhere. Nothing but {@link Vectors} and the classes behind
 * {@link VectorKernels} touches the module, so that this class loads without it.
 */
final class KernelProvider {

    /** System property: 128, 256, 512 (bits of a vector) or {@code scalar}. For tests. */
    static final String LANES = "subquad.lanes";

    private static final String MODULE = "jdk.incubator.vector";

    /**
     * The kernels and why it is these.
     *
     * @param kernels what to call
     * @param reason a sentence for people; where something is missing, what and the remedy
     */
    record Choice(Kernels kernels, String reason) {}

    private static @Nullable Choice choice;

    private KernelProvider() {}

    /**
     * The choice of this virtual machine.
     *
     * @throws IllegalArgumentException if {@link #LANES} asks for what does not exist here
     */
    static synchronized Choice choice() {
        if (choice == null) {
            choice = choose(System.getProperty(LANES), System.getProperty("java.vm.info", ""));
        }
        return choice;
    }

    static Choice choose(@Nullable String lanes, String vmInfo) {
        if (lanes != null && !lanes.matches("128|256|512|scalar")) {
            throw new IllegalArgumentException(
                    LANES + ": expected 128, 256, 512 or scalar, got '" + lanes + "'");
        }
        if ("scalar".equals(lanes)) {
            return plain("plain loops, as -D" + LANES + "=scalar asks");
        }
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return plain(
                    MODULE
                            + " is not in the module graph: start Java with --add-modules "
                            + MODULE);
        }
        if (vmInfo.contains("interpreted") || vmInfo.contains("emulated-client")) {
            return plain(
                    "the C2 compiler is off ("
                            + vmInfo
                            + "): start Java without -Xint, -client and -XX:TieredStopAtLevel");
        }
        return vectors(lanes);
    }

    private static Choice vectors(@Nullable String lanes) {
        var preferred = Vectors.preferredBits();
        if (lanes != null && Integer.parseInt(lanes) > preferred) {
            throw new IllegalArgumentException(
                    LANES + ": expected at most this machine's " + preferred + ", got " + lanes);
        }
        var x86 = System.getProperty("os.arch").matches("amd64|x86_64");
        if (x86 && preferred < 256) {
            return plain("this processor has no 256-bit vectors with fused multiply-add (AVX2)");
        }
        var why = lanes == null ? "the widest of this machine" : "as -D" + LANES + " asks";
        return new Choice(new VectorKernels(), why);
    }

    private static Choice plain(String reason) {
        return new Choice(new ScalarKernels(), reason);
    }

    /** Loaded only once the module is known to be there. */
    private static final class Vectors {
        static int preferredBits() {
            return FloatVector.SPECIES_PREFERRED.vectorBitSize();
        }
    }
}
