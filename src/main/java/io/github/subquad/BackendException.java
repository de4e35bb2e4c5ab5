package io.github.subquad;

/** A backend or device could not do what was asked; the message ends with a remedy. */
public class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Tells what happened, where, and what to do.
     *
     * @param device backend and device, such as {@code cpu:0}
     * @param reason what went wrong, with the device's own log if it has one
     * @param remedy what the caller can do
     */
    public BackendException(String device, String reason, String remedy) {
        super("%s: %s; %s".formatted(device, reason, remedy));
    }
}
