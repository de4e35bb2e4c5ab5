package io.github.subquad.bench;

import io.github.subquad.AttentionShape;
import io.github.subquad.Causal;
import io.github.subquad.tensor.DataType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A call to be measured.
 *
 * @param name how it is asked for and shown
 * @param shape sizes, each at least 1
 * @param causal which keys are visible
 * @param dataType storage type of query, key, value and output, and of their gradients
 * @param pass how far the call goes
 */
public record Workload(
        String name, AttentionShape shape, Causal causal, DataType dataType, Pass pass) {
    /** Checks that there is something to measure. */
    public Workload {
        pass = pass == null ? Pass.FORWARD : pass; // files of old name none
        if (shape.queryHeads() < 1 || shape.queryTokens() < 1 || shape.keyTokens() < 1) {
            throw new IllegalArgumentException(
                    "shape: expected heads, queries and keys of at least 1, got " + shape);
        }
    }

    /**
     * A workload of any shape, forward, in float32, named by its sizes.
     *
     * @param shape sizes, each at least 1
     * @param causal which keys are visible
     * @return the workload
     * @throws IllegalArgumentException if there is nothing to compute
     */
    public static Workload ofShape(AttentionShape shape, Causal causal) {
        return new Workload(nameOf(shape, causal), shape, causal, DataType.F32, Pass.FORWARD);
    }

    private static String nameOf(AttentionShape shape, Causal causal) {
        return sizes(shape)
                + (shape.groupSize() == 1 ? "" : " over %d heads".formatted(shape.keyHeads()))
                + (causal == Causal.NONE ? "" : " causal");
    }

    private static String sizes(AttentionShape s) {
        String sizes =
                "%d,%d,%d,%d"
                        .formatted(s.queryHeads(), s.queryTokens(), s.keyTokens(), s.channels());
        return s.valueChannels() == s.channels() ? sizes : sizes + "," + s.valueChannels();
    }

    /**
     * What a person is shown of it.
     *
     * @return its name, and its pass unless that is forward
     */
    public String label() {
        return pass == Pass.FORWARD ? name : name + ", " + pass.label();
    }

    /**
     * Its sizes for a person.
     *
     * @return such as {@code heads 8 over 2, queries 2048, keys 2048, channels 128, causal}
     */
    public String describe() {
        return "heads %d%s, queries %d, keys %d, channels %d%s%s%s"
                .formatted(
                        shape.queryHeads(),
                        shape.groupSize() == 1 ? "" : " over " + shape.keyHeads(),
                        shape.queryTokens(),
                        shape.keyTokens(),
                        shape.channels(),
                        shape.valueChannels() == shape.channels()
                                ? ""
                                : ", value channels " + shape.valueChannels(),
                        causal == Causal.NONE ? "" : ", causal",
                        pass == Pass.FORWARD ? "" : ", " + pass.label());
    }

    /**
     * The same call on another storage type.
     *
     * @param type F32, F16 or BF16
     * @return the workload
     */
    public Workload withDataType(DataType type) {
        return new Workload(name, shape, causal, type, pass);
    }

    /**
     * The same call, going as far as another.
     *
     * @param newPass how far
     * @return the workload
     */
    public Workload withPass(Pass newPass) {
        return new Workload(name, shape, causal, dataType, newPass);
    }

    /**
     * How the command line is told of it.
     *
     * @return options and their values, apart
     */
    public List<String> arguments() {
        var arguments = new ArrayList<String>();
        Pass usual = Pass.FORWARD;
        Optional<Workload> named =
                Suite.find(name).filter(w -> w.withPass(pass).equals(withDataType(DataType.F32)));
        if (named.isPresent()) {
            arguments.addAll(List.of("--workload", name));
            usual = named.get().pass;
        } else {
            arguments.addAll(List.of("--shape", sizes(shape)));
            if (shape.groupSize() > 1) {
                arguments.addAll(List.of("--kv-heads", String.valueOf(shape.keyHeads())));
            }
            if (causal != Causal.NONE) {
                arguments.add("--causal=" + Word.of(causal));
            }
        }
        if (dataType != DataType.F32) {
            arguments.addAll(List.of("--dtype", Word.of(dataType)));
        }
        if (pass != usual) {
            arguments.addAll(List.of("--pass", Word.of(pass)));
        }
        return List.copyOf(arguments);
    }

    /**
     * Floating-point operations of a call. Forward: 2·bh·(visible pairs)·(channels + value
     * channels), which is 4·bh·q·k·d where all is visible and both channels are alike; forward and
     * backward: 3.5 times as many.
     *
     * @return operations
     */
    public double flops() {
        return pass.flopsFactor() * shape.flops(causal);
    }

    /**
     * Bytes of all keys and values, each counted once.
     *
     * @return bytes
     */
    public double keyValueBytes() {
        return (double) shape.keyHeads()
                * shape.keyTokens()
                * (shape.channels() + shape.valueChannels())
                * dataType.bytes();
    }

    /**
     * Arithmetic intensity: operations for each byte of query, key, value and output, and of their
     * gradients where the pass goes that far, each counted once.
     *
     * @return operations a byte
     */
    public double intensity() {
        return flops() / bytes();
    }

    /** Of query, key, value and output, and of their gradients where the pass goes that far. */
    double bytes() {
        double queryAndOutput =
                (double) shape.queryHeads()
                        * shape.queryTokens()
                        * (shape.channels() + shape.valueChannels())
                        * dataType.bytes();
        return pass.bytesFactor() * (queryAndOutput + keyValueBytes());
    }

    /**
     * Whether a call is a step of decoding, whose time is that of reading keys and values.
     *
     * @return true if there is one query, and no gradient
     */
    public boolean decodes() {
        return shape.queryTokens() == 1 && pass == Pass.FORWARD;
    }
}
