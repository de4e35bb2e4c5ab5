package io.github.subquad;

import java.util.ArrayList;
import java.util.List;

/**
 * What the contract is held against: a form of evaluation on a device of a backend.
 *
 * @param device usable
 * @param kernel a form that the backend has
 */
record Subject(Device device, Kernel kernel) {
    private static final List<Subject> ALL = find();

    /** Every form on every usable device of this machine. */
    static List<Subject> all() {
        return ALL;
    }

    private static List<Subject> find() {
        List<Subject> subjects = new ArrayList<>();
        for (Device device : Backends.available()) {
            if (!device.usable()) {
                System.out.println("not tested: " + device.address() + ": " + device.note());
                continue;
            }
            for (Kernel kernel : List.of(Kernel.STAGED, Kernel.FUSED)) {
                Subject subject = new Subject(device, kernel);
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
        return Attention.open(
                options.toBuilder()
                        .backend(device.backend())
                        .device(device.id())
                        .kernel(kernel)
                        .build());
    }

    @Override
    public String toString() {
        return device.address() + " " + kernel + " (" + device.name() + ")";
    }
}
