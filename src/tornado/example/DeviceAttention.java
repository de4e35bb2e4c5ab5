import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

/**
 * Attention on the first device that TornadoVM finds. Every value is the number of its token, so
 * that each output, a mean over the tokens seen, is known.
 */
final class DeviceAttention {
    private static final int TOKENS = 1024;
    private static final int CHANNELS = 64;

    private DeviceAttention() {}

    /** Prints the device, and the first row of the output. */
    public static void main(String[] args) {
        Tensor query = Tensor.allocate(DataType.F32, 1, TOKENS, CHANNELS); // zeros: all keys alike
        Tensor key = Tensor.allocate(DataType.F32, 1, TOKENS, CHANNELS);
        Tensor value = Tensor.allocate(DataType.F32, 1, TOKENS, CHANNELS);
        for (int token = 0; token < TOKENS; token++) {
            for (int channel = 0; channel < CHANNELS; channel++) {
                value.set(token, 0, token, channel);
            }
        }
        var options = AttentionOptions.builder().backend("tornado").build();
        try (var attention = Attention.open(options)) {
            Tensor output = attention.attend(query, key, value).output();
            System.out.println("device: " + attention.device().name());
            System.out.println("mean of 0 to 1023: " + output.get(0, 0, 0));
        }
    }
}
