package io.github.subquad;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

import java.util.ArrayList;
import java.util.List;

/**
 * What the contract is held against: a form of evaluation on a device of a backend.
 *
 * @param device usable
 * @param kernel a form that the backend has
 * @param merge where a staged device engine merges
 * @param kernelStep of a device engine's ladder; null: the one it takes by itself
 */
record Subject(Device device, Kernel kernel, Merge merge, @Nullable Integer kernelStep) {
    /** Limits the tests to one backend. */
    private static final @Nullable String BACKEND = System.getProperty("subquad.test.backend");

    /** Set where tests run again with lanes of another width. */
    private static final @Nullable String LANES = System.getProperty("subquad.lanes");

    private static final List<Subject> ALL = find();

    /** Every form on every usable device of this machine. */
    static List<Subject> all() {
        return ALL;
    }

    /** Of these, one for each backward pass: a device's is the same whatever form attends. */
    static List<Subject> withOwnBackward() {
        return ALL.stream()
                .filter(
                        s ->
                                !s.device.backend().equals("tornado")
                                        || s.kernel == Kernel.FUSED && s.kernelStep == null)
                .toList();
    }

    /** Of these, those that compile no kernel for each shape, maybe none: others have own tests. */
    static List<Subject> onHost() {
        return ALL.stream().filter(s -> !s.device.backend().equals("tornado")).toList();
    }

    private static List<Subject> find() {
        List<Subject> subjects = new ArrayList<>();
        for (Device device : Backends.available()) {
            if (BACKEND != null && !BACKEND.equals(device.backend())) {
                continue;
            }
            if (LANES != null && device.backend().equals("reference")) {
                continue; // the same at every width, and slow
            }
            if (!device.usable()) {
                System.out.println("not tested: " + device.address() + ": " + device.note());
                continue;
            }
            List<Subject> forms = new ArrayList<>();
            forms.add(new Subject(device, Kernel.STAGED, Merge.DEVICE, null));
            forms.add(new Subject(device, Kernel.FUSED, Merge.DEVICE, null));
            if (device.backend().equals("tornado")) {
                forms.add(new Subject(device, Kernel.STAGED, Merge.HOST, null));
                forms.add(new Subject(device, Kernel.FUSED, Merge.DEVICE, 4));
            }
            for (Subject subject : forms) {
                try (Attention _ = subject.open(AttentionOptions.DEFAULTS)) {
                    subjects.add(subject);
                } catch (IllegalArgumentException e) {
                    System.out.println("not tested: " + subject + ": " + e.getMessage());
                }
            }
        }
        return subjects;
    }

    /** A session on this device in this form, all else as in the options. */
    Attention open(AttentionOptions options) {
        return Attention.open(chosen(options));
    }

    /** A session, where the engine differentiates; else the test is aborted with the reason. */
    Attention openForGradients(AttentionOptions options) {
        AttentionEngine engine = Backends.open(chosen(options));
        try {
            engine.gradients();
        } catch (UnsupportedOperationException e) {
            engine.close();
            Assumptions.abort(String.valueOf(e.getMessage()));
        }
        return Attention.over(engine, chosen(options));
    }

    /** The options with this device and form. */
    AttentionOptions chosen(AttentionOptions options) {
        return options.toBuilder()
                .backend(device.backend())
                .device(device.id())
                .kernel(kernel)
                .merge(merge)
                .kernelStep(kernelStep)
                .build();
    }

    @Override
    public String toString() {
        String where = merge == Merge.HOST ? ", merged on the host" : "";
        String step = kernelStep == null ? "" : ", step " + kernelStep;
        return device.address() + " " + kernel + where + step + " (" + device.name() + ")";
    }
}
