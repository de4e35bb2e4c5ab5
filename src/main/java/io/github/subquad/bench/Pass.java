package io.github.subquad.bench;

/**
 * How far a call goes.
 *
 * <p>Of the products of matrices, as large as each other where the channels are alike, the output
 * takes two (query by key, weights by value) and the gradients five (the scores once more, then
 * gradOutput by value, and one for each gradient). So the backward pass counts 2.5 times as many
 * operations as the forward pass, by a convention that is kept whether or not an engine computes
 * the scores anew (Dao, arXiv 2307.08691, section 4.1).
 */
public enum Pass {
    /** The output alone. */
    FORWARD("forward", 1, 1),

    /**
     * The output, then the gradients of query, key and value. To the tensors of the forward pass
     * comes the gradient of each, and all eight count once.
     */
    FORWARD_BACKWARD("forward+backward", 3.5, 2);

    private final String label;
    private final double flopsFactor;
    private final double bytesFactor;

    Pass(String label, double flopsFactor, double bytesFactor) {
        this.label = label;
        this.flopsFactor = flopsFactor;
        this.bytesFactor = bytesFactor;
    }

    /**
     * What a person is shown.
     *
     * @return such as {@code forward+backward}
     */
    public String label() {
        return label;
    }

    /** Operations, by those of the forward pass. */
    double flopsFactor() {
        return flopsFactor;
    }

    /** Bytes of its tensors, by those of the forward pass. */
    double bytesFactor() {
        return bytesFactor;
    }
}
